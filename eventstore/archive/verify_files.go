package archive

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
)

// strays finds what nobody has put there that belongs to an archive. What a cut may leave behind when it is broken off (files
// that have not landed, tiles beyond what is published, partial ones that were not taken away yet) is none.
func (v *Verification) strays() {
	stray := func(name string) {
		v.found(Finding{Copy: InArchive, File: name, Group: v.ownerOf(name), Cause: errStray})
	}
	_ = fs.WalkDir(os.DirFS(v.dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == "." || err != nil:
		case d.IsDir() && !folderOfOurs(name):
			stray(name)
			return fs.SkipDir
		case !d.IsDir() && (!fileOfOurs(name) || !d.Type().IsRegular()):
			stray(name)
		}
		return nil
	})
}

// ownerOf is the group below whose log a file lies.
func (v *Verification) ownerOf(name string) (owner domain.GroupID) {
	if rest, ok := strings.CutPrefix(name, groupsDir+"/"); ok {
		group, _, _ := strings.Cut(rest, "/")
		if v.groups[domain.GroupID(group)] != nil {
			return domain.GroupID(group)
		}
	}
	return ""
}

// inLog gives the name below its log's folder, where it lies in one.
func inLog(name string) (string, bool) {
	if rest, ok := strings.CutPrefix(name, headsDir+"/"); ok {
		return rest, true
	}
	if rest, ok := strings.CutPrefix(name, groupsDir+"/"); ok {
		if _, rest, ok := strings.Cut(rest, "/"); ok {
			return rest, true
		}
	}
	return "", false
}

func folderOfOurs(name string) bool {
	if slices.Contains([]string{headsDir, groupsDir, tailDir, rotationsDir}, name) {
		return true
	}
	if rest, ok := inLog(name); ok {
		parts := strings.Split(rest, "/")
		return parts[0] == "tile" && len(parts) <= 8
	}
	return path.Dir(name) == groupsDir // its name was looked at already
}

func fileOfOurs(name string) bool {
	switch path.Dir(name) {
	case ".":
		name = strings.TrimSuffix(name, tempSuffix)
		return name == publicKey || name == witnessedPath || name == newestFile
	case rotationsDir:
		return isRotationPath(strings.TrimSuffix(name, tempSuffix))
	case tailDir, groupsDir:
		return true // they were looked at already
	}
	rest, ok := inLog(name)
	if !ok {
		return false
	}
	rest = strings.TrimSuffix(rest, tempSuffix)
	return rest == checkpointPath || rest == nextPath || rest == beforePath || isTilePath(rest)
}

// isTilePath says whether a file is called as a tile is.
func isTilePath(name string) bool {
	whole, width, partial := strings.Cut(name, ".p/")
	t := tile{width: tileWidth}
	rest, ok := strings.CutPrefix(whole, "tile/")
	level, rest, cut := strings.Cut(rest, "/")
	if !ok || !cut {
		return false
	}
	t.level = entries
	if level != "entries" {
		n, err := strconv.Atoi(level)
		if err != nil || n < 0 || n >= tileLevels {
			return false
		}
		t.level = n
	}
	for _, part := range strings.Split(rest, "/") {
		n, err := strconv.ParseUint(strings.TrimPrefix(part, "x"), 10, 10)
		if err != nil || n > 999 {
			return false
		}
		t.index = t.index*1000 + n
	}
	if partial {
		n, err := strconv.Atoi(width)
		if err != nil || n < 1 || n >= tileWidth {
			return false
		}
		t.width = n
	}
	return t.path() == name
}
