package archive

import (
	"bytes"
	"path"
	"path/filepath"
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

// unflipCheckpoints puts the checkpoints right of which one bit was flipped.
func (r *repairer) unflipCheckpoints() (some bool, err error) {
	for _, k := range append(r.inOrder(), r.heads) {
		text, err := readMost(k.chain.log.at(checkpointPath), MaxSigned)
		if k.signed != nil || err != nil || len(text) > MaxSigned {
			continue
		}
		text = unflip(text, func(text []byte) bool {
			_, _, err := OpenCheckpoint(text, k.chain.log.origin, r.ring)
			return err == nil
		})
		if text == nil {
			continue
		}
		if err := placeFile(k.chain.log.at(checkpointPath), text); err != nil {
			return some, err
		}
		some = true
		r.say(Step{What: MendedCheckpoint, Group: k.group, Files: []string{path.Join(k.dir, checkpointPath)}})
	}
	newest, err := r.unflipNewest()
	return some || newest, err
}

// unflipNewest puts the file right that notes the newest checkpoint, zeros and all, where one bit of it was flipped. What it says proves
// how lost records of the tail are chained again.
func (r *repairer) unflipNewest() (done bool, err error) {
	text, err := readMost(filepath.Join(r.dir, newestFile), newestSize)
	if r.confirmed.Size > 0 || err != nil || len(text) != newestSize {
		return false, nil
	}
	text = unflip(text, func(text []byte) bool {
		signed := bytes.TrimRight(text, "\x00")
		if len(signed) == 0 || !bytes.Equal(newestText(signed), text) {
			return false
		}
		_, _, _, err := r.Keys().Signer(signed)
		return err == nil
	})
	if text == nil {
		return false, nil
	}
	if err := placeFile(filepath.Join(r.dir, newestFile), text); err != nil {
		return false, err
	}
	r.say(Step{What: MendedNewest, Files: []string{newestFile}})
	return true, nil
}

// UnflipKey gives the text of a private key's file of which one bit was flipped, by the public key; nil where it is not so.
func UnflipKey(text []byte, public PublicKey) []byte {
	return unflip(text, func(text []byte) bool {
		key, err := ParseKey(strings.TrimSuffix(string(text), "\n"))
		return err == nil && FormatPublicKey(key.PublicKey) == FormatPublicKey(public)
	})
}
