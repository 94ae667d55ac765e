package evidence

import "os"

// An aside is a file that only its owner can read, and that has no name where the system lets an open file lose it: then nobody
// else can open it, and however the process ends, nothing of it is left.
type aside struct {
	*os.File
	named bool
}

// newAside makes one in a folder; "" is the system's own for such files.
func newAside(dir string) (*aside, error) {
	file, err := os.CreateTemp(dir, ".registre-aside-*") // mode 0600
	if err != nil {
		return nil, err
	}
	return &aside{file, os.Remove(file.Name()) != nil}, nil
}

func (a *aside) remove() {
	a.Close()
	if a.named {
		os.Remove(a.Name())
	}
}
