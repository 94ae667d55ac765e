package main

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
)

// A foundSpelling spells findings as they lie aside, under keys that compare as findings do, into room that is used again.
type foundSpelling struct {
	key, text []byte
	args      []string // names of arguments, sorted
}

// spell gives the key of a finding behind a prefix, and the rest of it: the same for those that say the same.
func (s *foundSpelling) spell(prefix []byte, f *finding) (key, text []byte) {
	s.key = foundKey(append(s.key[:0], prefix...), f)
	s.text = s.foundText(s.text[:0], f)
	return s.key, s.text
}

// foundKey is what compares as findings do: codes are equally long, and an event comes behind the end of all events.
func foundKey(dst []byte, f *finding) []byte {
	dst = append(append(dst, f.Code...), 0)
	for _, n := range f.Events {
		dst = binary.BigEndian.AppendUint64(append(dst, 1), n)
	}
	return append(append(dst, 0), f.Subject...)
}

// foundText is the rest of a finding: the same for those that say the same.
func (s *foundSpelling) foundText(dst []byte, f *finding) []byte {
	put := func(s string) { dst = putText(dst, s) }
	put(f.Severity)
	put(yes(f.Illustrative))
	put(f.Name)
	put(f.Rule)
	s.args = slices.AppendSeq(s.args[:0], maps.Keys(f.Args))
	slices.Sort(s.args)
	for _, k := range s.args {
		put(k)
		put(f.Args[k])
	}
	return dst
}

// putText appends a text, so that others can follow it.
func putText[T string | []byte](dst []byte, s T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// cutText takes the first of the texts that follow each other.
func cutText[T string | []byte](text T) (first, rest T) {
	length, n := uint64(text[0]), 1
	if length >= 0x80 {
		length, n = binary.Uvarint([]byte(text[:min(len(text), binary.MaxVarintLen64)]))
	}
	return text[n : n+int(length)], text[n+int(length):]
}

// foundUnder makes f what stands under a key.
func foundUnder(f *finding, key, text string) {
	clear(f.Args)
	*f = finding{Args: f.Args, Events: f.Events[:0]}
	var rest string
	for f.Code, rest, _ = strings.Cut(key, "\x00"); rest[0] == 1; rest = rest[9:] {
		f.Events = append(f.Events, binary.BigEndian.Uint64([]byte(rest[1:9])))
	}
	f.Subject = rest[1:]
	var illustrative string
	f.Severity, text = cutText(text)
	illustrative, text = cutText(text)
	f.Illustrative = illustrative != ""
	f.Name, text = cutText(text)
	f.Rule, text = cutText(text)
	for text != "" {
		var k string
		k, text = cutText(text)
		f.Args[k], text = cutText(text)
	}
}
