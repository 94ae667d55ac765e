package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// health serves what watches over the server. It needs no token, and says nothing of what is kept.
func (s *Server) health() {
	well := &huma.Operation{
		OperationID: "health", Method: http.MethodGet, Path: "/health", Summary: "Whether the server runs", Tags: []string{"operation"},
		Responses: map[string]*huma.Response{"204": {Description: "It does"}},
	}
	s.mayFail(well)
	s.add(well, Right{}, func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	ready := &huma.Operation{
		OperationID: "ready", Method: http.MethodGet, Path: "/ready", Summary: "Whether the register is verified, and can be asked", Tags: []string{"operation"},
		Responses: map[string]*huma.Response{"204": {Description: "It is"}},
	}
	s.mayFail(ready)
	s.add(ready, Right{}, func(w http.ResponseWriter, r *http.Request) error {
		if err := s.Desk.Ready(r.Context()); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}
