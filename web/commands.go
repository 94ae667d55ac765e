package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

// maxCommand is how many bytes a command can have.
const maxCommand = 1 << 20

var commandTakes = []operation.Parameter{
	{Name: "expected_number", Form: operation.Count, Says: "the number with which the register must end, 0 for a new one; otherwise nothing is recorded, and the answer is 409"},
	{Name: "dry_run", Form: operation.Flag, Says: "say what would be recorded, and record nothing"},
	{Name: "receipt", Form: operation.Flag, Says: "the answer holds the receipt of the last event, a C2SP tlog-proof"},
}

// commands serves what records.
func (s *Server) commands() {
	op := &huma.Operation{
		OperationID: "record", Method: http.MethodPost, Path: "/v1/groups/{group}/commands", Summary: "Record a command, wholly or not at all",
		Description: "A command carries its own id, and is applied once: the same one again gives the first answer. It is answered when its events are durable in both copies, under a signed checkpoint.",
		Tags:        []string{"commands"},
		Parameters:  []*huma.Param{groupParameter()},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/command"}}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "It had been recorded before, or was only tried", Content: jsonOf(s.recordedSchema())},
			"201": {
				Description: "It is recorded", Content: jsonOf(s.recordedSchema()),
				Headers: map[string]*huma.Param{"Location": {Description: "its first event", Schema: &huma.Schema{Type: huma.TypeString}}},
			},
		},
	}
	for i := range commandTakes {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &commandTakes[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	s.add(op, Right{What: ToRecord}, s.record)
}

func (s *Server) record(w http.ResponseWriter, r *http.Request) error {
	b, err := brought(w, r)
	if err != nil {
		return err
	}
	done, err := s.Desk.Record(r.Context(), b)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	status := http.StatusOK
	if !done.Repeated && !b.DryRun {
		status = http.StatusCreated
		h.Set("Location", "/v1/groups/"+b.Group+"/events/"+strconv.FormatUint(done.First, 10))
	}
	w.WriteHeader(status)
	_, _ = w.Write(append(done.Answer, '\n'))
	return nil
}

// brought reads a command, and how it is to be recorded, from a request.
func brought(w http.ResponseWriter, r *http.Request) (b Brought, err error) {
	told, err := toldOf(r, commandTakes)
	if err != nil {
		return b, err
	}
	b = broughtFor(r.PathValue("group"), told)
	b.Body, err = bodyOf(w, r)
	return b, err
}

// bodyOf reads the JSON that a request brings.
func bodyOf(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, &Fault{Status: http.StatusUnsupportedMediaType, Name: "media-unknown", Subject: r.Header.Get("Content-Type")}
	}
	if packed := r.Header.Get("Content-Encoding"); packed != "" && packed != "identity" {
		return nil, &Fault{Status: http.StatusUnsupportedMediaType, Name: "encoding-unknown", Subject: packed}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCommand))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, &Fault{Status: http.StatusRequestEntityTooLarge, Name: "body-too-long", Subject: strconv.Itoa(maxCommand)}
	case err != nil:
		return nil, &Fault{Status: http.StatusBadRequest, Name: "unreadable", Detail: err.Error()}
	}
	return body, nil
}

// broughtFor is a command for a group, to be recorded as was told.
func broughtFor(group string, told map[string]string) Brought {
	b := Brought{Group: group, DryRun: told["dry_run"] != "", Receipt: told["receipt"] != ""}
	if ends := told["expected_number"]; ends != "" {
		n, _ := strconv.ParseUint(ends, 10, 53) // Told has read it
		b.Ends = &n
	}
	return b
}
