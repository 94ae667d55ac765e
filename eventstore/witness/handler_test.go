package witness

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

// serve serves a witness on a port of this machine, and gives its URL.
func serve(t testing.TB, w *Witness) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := NewServer(w)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return "http://" + l.Addr().String()
}

// answer is what came back.
type answer struct {
	status int
	kind   string
	body   string
}

func post(t testing.TB, url string, body []byte) answer {
	t.Helper()
	r, err := http.Post(url+"/add-checkpoint", "", bytes.NewReader(body))
	require.NoError(t, err)
	return answered(t, r)
}

func get(t testing.TB, url string) answer {
	t.Helper()
	r, err := http.Get(url)
	require.NoError(t, err)
	return answered(t, r)
}

func answered(t testing.TB, r *http.Response) answer {
	t.Helper()
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return answer{r.StatusCode, r.Header.Get("Content-Type"), string(text)}
}

// TestStatuses gives each answer the status and the type that C2SP tlog-witness says.
func TestStatuses(t *testing.T) {
	key, stranger, h, other := logKey(t), logKey(t), numbered(20, 20, ""), numbered(20, 3, "'")
	w := openWitness(t, newFolder(t, key), Options{})
	url := serve(t, w)
	elsewhere, err := archive.GenerateKey("elsewhere.example")
	require.NoError(t, err)
	foreign := signed(t, elsewhere, archive.Checkpoint{Origin: "elsewhere.example", Size: 1, Root: h.at(1).Root})

	require.Equal(t, http.StatusNotFound, get(t, url+"/"+OriginHash(origin)+"/checkpoint").status)
	first := post(t, url, submit(t, key, h, 0, 5).Format())
	require.Equal(t, http.StatusOK, first.status)
	require.True(t, strings.HasPrefix(first.body, "— witness.example/w "), first.body)
	require.True(t, strings.HasSuffix(first.body, "\n"))
	for name, c := range map[string]struct {
		body   []byte
		status int
		says   string
		kind   string
	}{
		"malformed":          {[]byte("old x\n\n"), 400, "", ""},
		"goes back":          {Request{Old: 9, Checkpoint: signed(t, key, h.at(8))}.Format(), 400, "", ""},
		"too long":           {make([]byte, MaxRequest+1), 413, "", ""},
		"unknown log":        {Request{Checkpoint: foreign}.Format(), 404, "", ""},
		"not signed":         {submit(t, stranger, h, 5, 9).Format(), 403, "", ""},
		"another size":       {submit(t, key, h, 3, 9).Format(), 409, "5\n", sizeType},
		"none known":         {submit(t, key, h, 0, 9).Format(), 409, "5\n", sizeType},
		"another root":       {Request{Old: 5, Checkpoint: signed(t, key, other.at(5))}.Format(), 409, "", ""},
		"another history":    {submit(t, key, other, 5, 9).Format(), 422, "", ""},
		"a proof of nothing": {Request{Old: 5, Proof: make([]archive.Hash, 63), Checkpoint: signed(t, key, h.at(9))}.Format(), 422, "", ""},
	} {
		got := post(t, url, c.body)
		require.Equal(t, c.status, got.status, "%s: %s", name, got.body)
		if c.says != "" {
			require.Equal(t, c.says, got.body, name)
		}
		require.Equal(t, c.kind == sizeType, got.kind == sizeType, name)
	}
	require.Equal(t, 200, post(t, url, submit(t, key, h, 5, 9).Format()).status)
	newest := get(t, url+"/"+OriginHash(origin)+"/checkpoint")
	require.Equal(t, http.StatusOK, newest.status)
	c, _, err := archive.OpenCheckpoint([]byte(newest.body), origin, key.Ring())
	require.NoError(t, err)
	require.Equal(t, h.at(9), c)
	by, err := archive.Cosignatures([]byte(newest.body), w.Key())
	require.NoError(t, err)
	require.Len(t, by, 1)

	page := get(t, url+"/")
	require.Contains(t, page.body, archive.FormatCosignPublicKey(w.Key()))
	require.Contains(t, page.body, origin+"\n  size 9")
	require.Equal(t, http.StatusNotFound, get(t, url+"/nothing").status)
	require.Equal(t, http.StatusMethodNotAllowed, get(t, url+"/add-checkpoint").status)

	w.disk, _ = strikes(1, false)
	broken := post(t, url, submit(t, key, h, 9, 12).Format())
	require.Equal(t, 500, broken.status)
	require.NotContains(t, broken.body, "struck", "what is wrong here is nobody else's business")
}
