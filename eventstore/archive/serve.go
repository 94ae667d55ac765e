package archive

import (
	"net/http"
	"os"
	"strings"
	"time"

	"registre/domain"
)

// How long others may keep what is served. A full tile never changes. A partial one does not either, but goes. A checkpoint
// is the one file that is replaced.
const (
	keepForEver = "public, max-age=31536000, immutable"
	keepAWhile  = "public, max-age=60"
	keepNever   = "no-store"
)

// Handler serves the public files of the archive in a folder, which another process may be writing to: the public key, its
// rotations, the witnessed checkpoint, and checkpoints and tiles of all logs. Nothing else has an address there: not the tail, not files that have not landed, no
// folder. It only reads. The error is that the folder cannot be opened.
func Handler(dir string) (http.Handler, error) {
	root, err := os.OpenRoot(dir) // no link leads out of it
	if err != nil {
		return nil, err
	}
	return &server{root}, nil
}

type server struct{ root *os.Root }

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "only to be read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	keep, text, ok := publicFile(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	file, err := s.root.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	header.Set("Cache-Control", keep)
	header.Set("Content-Type", "application/octet-stream")
	if text {
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	http.ServeContent(w, r, "", time.Time{}, file)
}

// publicFile says of a name below the archive's folder whether it is for everybody, how long it may be kept, and whether it
// is a text.
func publicFile(name string) (keep string, text, ok bool) {
	switch {
	case name == publicKey:
		return keepAWhile, true, true
	case name == witnessedPath:
		return keepNever, true, true
	case isRotationPath(name):
		return keepForEver, true, true
	}
	rest, ok := strings.CutPrefix(name, headsDir+"/")
	if !ok {
		group, inGroup, found := strings.Cut(strings.TrimPrefix(name, groupsDir+"/"), "/")
		if !strings.HasPrefix(name, groupsDir+"/") || !found || !domain.ValidID(group) {
			return "", false, false
		}
		rest = inGroup
	}
	switch {
	case rest == checkpointPath:
		return keepNever, true, true
	case !isTilePath(rest):
		return "", false, false
	case strings.Contains(rest, ".p/"):
		return keepAWhile, false, true
	}
	return keepForEver, false, true
}
