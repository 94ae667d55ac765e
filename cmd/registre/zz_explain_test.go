package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

func cpuNow() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestZZExplain(t *testing.T) {
	dir := os.Getenv("ZZ_DIR")
	if dir == "" {
		t.Skip()
	}
	collect()
	n, _ := strconv.Atoi(os.Getenv("ZZ_N"))
	which := os.Getenv("ZZ_WHAT")
	b := &bench{app: &app{data: dir, lang: "en", errs: os.Stderr, out: os.Stdout, now: time.Now}, seed: 1, lines: nationLines}
	d, err := b.app.open(t.Context(), false)
	require.NoError(t, err)
	defer d.Close()
	random := rand.New(rand.NewPCG(1, 20))
	sum := sha256.New()
	for i, e := range b.explainingsOf() {
		head, err := answerTo[about](t.Context(), d, Question{Kind: "members", Group: string(e.group)})
		require.NoError(t, err)
		type one struct {
			cpu time.Duration
			q   Question
			n   int
		}
		var all []one
		for range n {
			known := head.Known - random.Uint64N(head.Known/3)
			q := Question{Kind: "explain", Group: string(e.group), At: (on(2016, 1, 5) + domain.Day(random.IntN(3300))).String(), Known: "#" + decimal(known), More: e.more(random)}
			q.More["fold"] = fmt.Sprint(foldAt)
			if os.Getenv("ZZ_ALL") != "" {
				delete(q.More, "fold")
			}
			if which != "" && which != strconv.Itoa(i) {
				continue
			}
			was := cpuNow()
			raw, err := d.Ask(t.Context(), q)
			require.NoError(t, err)
			all = append(all, one{cpuNow() - was, q, len(raw)})
			sum.Write(raw)
		}
		if len(all) == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b one) int { return int(a.cpu - b.cpu) })
		fmt.Println(e.what, "median", all[len(all)/2].cpu, "p99", all[len(all)*99/100].cpu, "max", all[len(all)-1].cpu)
		if which != "" {
			for _, o := range all[max(0, len(all)-6):] {
				fmt.Println("  ", o.cpu, o.n, o.q.At, o.q.Known)
			}
			if p := os.Getenv("ZZ_PROF"); p != "" {
				f, _ := os.Create(p)
				_ = pprof.StartCPUProfile(f)
				slow := all[len(all)-6:]
				for k := range 100 {
					_, err := d.Ask(t.Context(), slow[k%6].q)
					require.NoError(t, err)
				}
				pprof.StopCPUProfile()
			}
		}
	}
	fmt.Printf("%x\n", sum.Sum(nil))
}
