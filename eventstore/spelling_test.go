package eventstore

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// spelling holds a form to what it says of itself: a plain text that it takes, and calls the one, is the one that it writes.
func spelling[T comparable](f *form[T]) func(*rapid.T, string) {
	return func(t *rapid.T, text string) {
		if _, err := f.parse(text); err == nil && f.length > 0 && len(text) == f.length {
			assert.True(t, plain(text), text)
		}
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

// TestReadSoon: what is read at a look is what is read byte by byte: the same value or the same error, however often it was read, by
// whichever form before.
func TestReadSoon(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"région", "cea", "CEA", "", "2026-11-24", "2026-02-30", "a-b", "é", "e\u0301"}), rapid.StringMatching(`[a-z0-9-]{0,66}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		c := Events.reader("")
		for _, said := range rapid.SliceOfN(text, 1, 12).Draw(t, "texts") {
			in, err := appendText(said, []byte{'"'})
			if err != nil {
				continue
			}
			in = append(in, rapid.SampledFrom([]string{`"`, `",`, ``, ` "`}).Draw(t, "end")...)
			sameReading(t, c, string(in), texts)
			sameReading(t, c, string(in), members)
			sameReading(t, c, string(in), bodies)
			sameReading(t, c, string(in), orderNumbers)
			sameReading(t, c, string(in), dates)
		}
	})
}

// sameReading reads a value with what c has read before, and with nothing of that.
func sameReading[T comparable](t *rapid.T, c *coder, in string, f *form[T]) {
	fresh := Events.reader(in)
	fresh.shared = new([sharing]sharedText)
	c.in, c.pos, c.err, c.stray, c.out = in, 0, nil, -1, c.out[:0]
	slow := *f
	slow.length, slow.kept = 0, false // then nothing is read soon
	var read, want T
	f.visit(c, &read, required)
	slow.visit(fresh, &want, required)
	assert.Equal(t, want, read, in)
	assert.Equal(t, fresh.err, c.err, in)
	assert.Equal(t, fresh.pos, c.pos, in)
	assert.Equal(t, fresh.stray, c.stray, in)
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
