package jetstream

import (
	"bytes"

	"registre/eventstore/atmost"
)

// readAhead is how many blocks stand in memory at most: one that is looked at, and one that is read meanwhile.
const readAhead = 2

// A readBlock is what stands in a block's file.
type readBlock struct {
	block uint64
	text  *bytes.Buffer
	err   error
}

// eachBlock reads blocks in their order, each while the one before it is looked at, into memory that is used again: do keeps
// nothing of a text. It ends with the first that cannot be read.
func eachBlock(stream string, blocks []uint64, do func(block uint64, text []byte)) error {
	rooms, read := make(chan *bytes.Buffer, readAhead), make(chan readBlock)
	for range readAhead {
		rooms <- new(bytes.Buffer)
	}
	go func() {
		defer close(read)
		for _, block := range blocks {
			text := <-rooms
			err := atmost.Into(text, blockPath(stream, block), maxBlock)
			read <- readBlock{block, text, err}
			if err != nil {
				return
			}
		}
	}()
	for b := range read {
		if b.err != nil {
			return b.err
		}
		do(b.block, b.text.Bytes())
		rooms <- b.text
	}
	return nil
}
