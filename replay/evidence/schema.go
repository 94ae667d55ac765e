package evidence

import "registre/eventstore"

// PutSchemas writes the JSON Schema of every version of every event, of the events themselves, and of what stands in them: so
// that somebody who has no other description of them can read them.
func (w *Writer) PutSchemas() error {
	for name, schema := range eventstore.Events.Schemas() {
		if err := w.Put("schema/"+name, schema); err != nil {
			return err
		}
	}
	return nil
}
