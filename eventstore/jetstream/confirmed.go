package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"registre/eventstore"
	"registre/eventstore/atmost"
)

// confirmed keeps, in a file of the data folder, the stream's last sequence that a Sync confirmed. It is written after the
// sync and not synced itself, so that it is never ahead of what is durable, and costs next to nothing; after a power cut
// it may be behind. A stream that ends before it has lost events, which the server would not tell: its file was cut off, or
// taken away. It does not see a loss that took this file along, or an older copy of the whole folder.
type confirmed struct {
	file *os.File
	seq  uint64
}

// confirmedForm has a fixed length, so that each line is written over the last one, in one sector.
const confirmedForm = "confirmed %020d\n"

// openConfirmed reads the file, or makes it where there is none. It fails with eventstore.ErrDamaged where it holds
// anything else.
func openConfirmed(path string) (*confirmed, error) {
	seq, err := readConfirmedFile(path)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, unwritable(err)
	}
	return &confirmed{file: file, seq: seq}, nil
}

// readConfirmedFile gives the sequence in the file; 0 where there is no file, or none was written to it yet.
func readConfirmedFile(path string) (seq uint64, err error) {
	text, err := atmost.File(path, atmost.Line)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if text = bytes.Trim(text, "\x00"); err != nil || len(text) == 0 { // a cut may leave a file without its content
		return 0, err
	}
	if _, err = fmt.Sscanf(string(text), confirmedForm, &seq); err != nil || fmt.Sprintf(confirmedForm, seq) != string(text) {
		return 0, fmt.Errorf("%w: the file %s cannot be read", eventstore.ErrDamaged, confirmedFile)
	}
	return seq, nil
}

// checkEnd reads the last event that was confirmed. The server's count of events is not asked: it comes from an index that
// may remember what is gone.
func (s *Store) checkEnd(ctx context.Context, seq uint64) error {
	if seq == 0 {
		return nil
	}
	kept, err := s.message(ctx, map[string]any{"seq": seq})
	if err == nil && kept.seq == 0 {
		return fmt.Errorf("%w: %d events were confirmed, and the last is not there: the stream's files were cut off or taken away", eventstore.ErrDamaged, seq)
	}
	return err
}

// confirm notes that a sync has reached a sequence.
func (c *confirmed) confirm(seq uint64) error {
	if seq <= c.seq {
		return nil
	}
	c.seq = seq
	_, err := fmt.Fprintf(io.NewOffsetWriter(c.file, 0), confirmedForm, seq)
	return err
}

func (c *confirmed) close() error { return c.file.Close() }
