package archive

import (
	"bytes"
	"os"
	"strings"
)

// unflip gives the text that fits and of which one bit was flipped; nil where there is none. It is for short texts that tell by
// themselves whether they are right.
func unflip(text []byte, fits func([]byte) bool) []byte {
	text = bytes.Clone(text)
	for bit := range 8 * len(text) {
		text[bit/8] ^= 1 << (bit % 8)
		if fits(text) {
			return text
		}
		text[bit/8] ^= 1 << (bit % 8)
	}
	return nil
}

// unflipCheckpoint gives the checkpoint of a log whose file has one bit flipped.
func (r *repairer) unflipCheckpoint(k *kept) (at Checkpoint, ok bool) {
	text, err := os.ReadFile(k.chain.log.at(checkpointPath))
	if err != nil || len(text) > MaxSigned {
		return Checkpoint{}, false
	}
	return at, unflip(text, func(text []byte) bool {
		at, _, err = OpenCheckpoint(text, k.chain.log.origin, r.ring)
		return err == nil
	}) != nil
}

// UnflipKey gives the text of a private key's file of which one bit was flipped, by the public key; nil where it is not so.
func UnflipKey(text []byte, public PublicKey) []byte {
	return unflip(text, func(text []byte) bool {
		key, err := ParseKey(strings.TrimSuffix(string(text), "\n"))
		return err == nil && FormatPublicKey(key.PublicKey) == FormatPublicKey(public)
	})
}
