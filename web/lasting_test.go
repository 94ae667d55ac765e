package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryKeepsWhatWasAskedForLast(t *testing.T) {
	m := newMemory(100)
	body := func(n int) json.RawMessage { return json.RawMessage(fmt.Sprintf("%010d", n)) }
	tag := func(n int) string { return fmt.Sprint("tag ", n) }
	require.Nil(t, m.get(tag(0)))
	for n := range 10 {
		m.put(tag(n), body(n))
		m.put(tag(n), body(n)) // twice is once
	}
	require.Equal(t, body(0), m.get(tag(0)))
	for n := 10; n < 19; n++ {
		m.put(tag(n), body(n))
	}
	require.Equal(t, body(0), m.get(tag(0)), "it was asked for")
	require.Nil(t, m.get(tag(1)))
	require.Equal(t, body(18), m.get(tag(18)))
	require.Equal(t, 100, m.bytes)
	require.Len(t, m.byTag, 10)
	require.Equal(t, 10, m.order.Len())
	m.put("long", make(json.RawMessage, longLasting+1))
	require.Nil(t, m.get("long"))
	require.Len(t, m.byTag, 10)
}
