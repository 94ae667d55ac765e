package evidence

import (
	"context"
	"strings"

	"registre/eventstore/archive"
)

// PutLogs writes both logs of an extract, with their checkpoints, the key and its rotations. Each event of the group goes to
// event, counted from 0; its bytes are overwritten afterwards. done says how many of all entries of both logs were written.
func (w *Writer) PutLogs(ctx context.Context, x *archive.Extract, event func(index uint64, body []byte) error, done func(entries uint64)) error {
	if err := w.putKeys(x); err != nil {
		return err
	}
	var n uint64
	into := func(folder string) func(string, []byte) error {
		return func(path string, file []byte) error {
			done(n)
			return w.put(folder+"/"+path, file, !strings.HasPrefix(path, "tile/entries/"))
		}
	}
	if err := w.Put("group/checkpoint", x.GroupSigned); err != nil {
		return err
	}
	each := func(index uint64, body []byte) error { n++; return event(index, body) }
	if err := x.WriteGroup(ctx, each, into("group")); err != nil {
		return err
	}
	if err := w.Put("heads/checkpoint", x.HeadsSigned); err != nil {
		return err
	}
	each = func(uint64, []byte) error { n++; return nil }
	if err := x.WriteHeads(ctx, each, into("heads")); err != nil {
		return err
	}
	return w.line.Wait()
}

func (w *Writer) putKeys(x *archive.Extract) error {
	if err := w.Put("key.pub", []byte(archive.FormatPublicKey(x.Key)+"\n")); err != nil {
		return err
	}
	for i, r := range x.Rotations {
		if err := w.Put(archive.RotationPath(i+1), r.Format()); err != nil {
			return err
		}
	}
	if x.Witnessed == nil {
		return nil
	}
	return w.Put("witnessed", x.Witnessed)
}
