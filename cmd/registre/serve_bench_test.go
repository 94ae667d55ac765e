package main

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
)

// BenchmarkQuestion asks who has voices, as known now and at a number, past door and desk, and without a connection.
func BenchmarkQuestion(b *testing.B) {
	dir := b.TempDir()
	opened, err := openDesk(b.Context(), deskOptions{house: house{Data: dir, Create: true, Begin: true}, Kept: true, Now: time.Now})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, opened.Close()) })
	l := opened.(*local)
	right := ballotCommand(&domain.RightGranted{Principal: "p-bench", Role: domain.Secretary, Every: true})
	right.Group, right.Effective = domain.House, domain.OnDay(domain.InstantOf(time.Now()).Day())
	for _, command := range []domain.Command{ballotCommand(ballotsStory(ballotVoters, 1)[0]), right} {
		_, err := l.ledger.Do(b.Context(), command)
		require.NoError(b, err)
	}
	d := &door{dir: dir, now: time.Now, rights: l}
	key, _, err := d.make(b.Context(), token{Principal: "p-bench", Expires: time.Now().Add(24 * time.Hour)})
	require.NoError(b, err)
	served := web.New(web.Options{
		Desk: newCounter(l), Door: d, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: programVersion(),
	})
	for name, known := range map[string]string{"now": "", "at a number": "&known=1"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/v1/groups/"+ballotGroup+"/weights?body=ag&at=2024-06-01"+known, nil)
				r.Header.Set("Authorization", "Bearer "+key)
				w := httptest.NewRecorder()
				served.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
