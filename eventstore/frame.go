package eventstore

import (
	"encoding/binary"
	"hash/crc32"
)

// FrameHeader is how many bytes stand before what a frame holds: its length and its CRC-32C, 4 bytes each, big-endian.
const FrameHeader = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// SealFrame writes the header of a frame, for which its first FrameHeader bytes were left free.
func SealFrame(frame []byte) {
	payload := frame[FrameHeader:]
	binary.BigEndian.PutUint32(frame, uint32(len(payload)))
	binary.BigEndian.PutUint32(frame[4:], crc32.Checksum(payload, castagnoli))
}

// CutFrame takes a frame from the front of b. Where none is whole there, ok is false: it was cut off, or altered.
func CutFrame(b []byte) (payload, rest []byte, ok bool) {
	if len(b) < FrameHeader {
		return nil, b, false
	}
	size, sum := uint64(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint32(b[4:])
	if size > uint64(len(b)-FrameHeader) {
		return nil, b, false
	}
	payload = b[FrameHeader : FrameHeader+size : FrameHeader+size]
	if crc32.Checksum(payload, castagnoli) != sum {
		return nil, b, false
	}
	return payload, b[FrameHeader+size:], true
}
