package eventstore

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// spelling holds a form to what it says of itself: a plain text that it takes, and calls the one, is the one that it writes.
func spelling[T comparable](f *form[T]) func(*rapid.T, string) {
	return func(t *rapid.T, text string) {
		if f.one == nil || !plain(text) || !f.one(text) {
			return
		}
		v, err := f.parse(text)
		if err != nil {
			return
		}
		again, err := f.append(v, nil)
		assert.NoError(t, err, text)
		assert.Equal(t, text, string(again))
	}
}

// TestOneSpelling: what is not written again when it is read, would be written as it was read.
func TestOneSpelling(t *testing.T) {
	id, number := rapid.StringMatching(`[a-zA-Z0-9./_-]{0,66}`), rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,3}|/[0-9]{1,2})?`)
	day := rapid.StringMatching(`(0000|2026)(-(0[0-9]|1[0-4])(-[0-4][0-9])?)?`)
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,12}`), rapid.String())
	for _, f := range []struct {
		name  string
		holds func(*rapid.T, string)
		near  *rapid.Generator[string]
	}{
		{"text", spelling(texts), text},
		{"group", spelling(groups), id},
		{"order number", spelling(orderNumbers), id},
		{"headcounts", spelling(headcounts), text},
		{"schools", spelling(schoolLists), text},
		{"weight", spelling(weights), number},
		{"day", spelling(days), day},
		{"date", spelling(dates), day},
		{"instant", spelling(instants), rapid.StringMatching(`2026-1[0-2]-[0-2][1-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{5,7})?(Z|z|[+-]0[0-2]:00)`)},
		{"hash", spelling(hashes), rapid.StringMatching(`0{64}|[0-9a-f]{63,65}|[0-9a-f]{60}[0-9a-fA-F]{4}`)},
		{"uuid", spelling(uuids), rapid.StringMatching(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{10,11}[0-9a-fA-F]{1,2}`)},
	} {
		t.Run(f.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { f.holds(t, f.near.Draw(t, "text")) })
		})
	}
}
