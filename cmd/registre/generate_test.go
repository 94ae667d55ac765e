package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

func TestHistoryIsAccepted(t *testing.T) {
	g, h, again := &domain.Group{}, newHistory(7, 3), newHistory(7, 3)
	kinds := map[string]bool{}
	for range 1000 {
		c := h.command()
		require.Equal(t, c, again.command(), "the same seed makes the same commands")
		events, err := domain.Enact(g, c)
		require.NoError(t, err)
		for _, e := range events {
			kinds[typeName(e.Act)] = true
		}
	}
	require.GreaterOrEqual(t, len(kinds), 9)
	require.True(t, kinds["AvenantEnteredIntoForce"])
}

func typeName(a domain.Act) string {
	name := fmt.Sprintf("%T", a)
	return name[strings.LastIndex(name, ".")+1:]
}
