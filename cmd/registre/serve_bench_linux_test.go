package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
)

// questionsBenched are the parameters of a question that is asked the i-th time: as known now, at a number, and on a day that was not
// asked about before.
var questionsBenched = map[string]func(i int) string{
	"now":              func(int) string { return "&at=2024-06-01" },
	"at a number":      func(int) string { return "&at=2024-06-01&known=1" },
	"not asked before": func(i int) string { return "&at=" + (benchedDay + domain.Day(i)).String() },
}

const questionBenched = "/v1/groups/" + ballotGroup + "/weights?body=ag"

// BenchmarkQuestion asks who has voices, past door and desk, and without a connection.
func BenchmarkQuestion(b *testing.B) {
	served, key := servedBenched(b)
	for name, of := range questionsBenched {
		days := 0
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				days++
				r := httptest.NewRequest(http.MethodGet, questionBenched+of(days), nil)
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

// BenchmarkQuestionSent is BenchmarkQuestion over a connection, beside a handler that does nothing: what both ends take of the processor
// can be compared on a busy machine as well.
func BenchmarkQuestionSent(b *testing.B) {
	served, key := servedBenched(b)
	asked := func(h http.Handler, of func(i int) string) func(*testing.B) {
		server := httptest.NewServer(h)
		b.Cleanup(server.Close)
		days := 0
		return func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				days++
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+questionBenched+of(days), nil)
				require.NoError(b, err)
				r.Header.Set("Authorization", "Bearer "+key)
				answer, err := server.Client().Do(r)
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, answer.Body)
				require.NoError(b, err)
				require.NoError(b, answer.Body.Close())
				require.Less(b, answer.StatusCode, 300)
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
		}
	}
	b.Run("empty", asked(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), questionsBenched["now"]))
	for name, of := range questionsBenched {
		b.Run(name, asked(served, of))
	}
}

// processorTime is what this process has taken of the processor.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// servedBenched serves a group whose body has as many members as the bench asks for, and a token to ask with.
func servedBenched(b *testing.B) (served *web.Server, key string) {
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
	key, _, err = d.make(b.Context(), token{Principal: "p-bench", Expires: time.Now().Add(24 * time.Hour)})
	require.NoError(b, err)
	return web.New(web.Options{
		Desk: newCounter(l), Door: d, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: programVersion(),
	}), key
}
