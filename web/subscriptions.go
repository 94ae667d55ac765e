package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

// OwnSubscriptions are those of whoever sends a request, whom PrincipalOf names. Those of others are to him as if they were not.
type OwnSubscriptions interface {
	Subscribe(ctx context.Context, body []byte) (SubscriptionMade, error)
	Subscriptions(ctx context.Context) (SubscriptionsListed, error)
	End(ctx context.Context, id, reason string) (SubscriptionState, error)
	Rotate(ctx context.Context, id string) (SubscriptionMade, error)
	Deliveries(ctx context.Context, id string) (DeliveriesListed, error)
}

// Subscribe is what somebody wants to be told of, and where.
type Subscribe struct {
	Bodies     []string `json:"bodies,omitempty" doc:"only what concerns one of these bodies"`
	Every      bool     `json:"every,omitempty" doc:"of every group whose notices one may read"`
	FromNumber uint64   `json:"from_number,omitempty" doc:"of one group: from the event of this number on" maximum:"9007199254740991"`
	Groups     []string `json:"groups,omitempty" doc:"of these groups"`
	ID         string   `json:"id" format:"uuid" doc:"that of the command: given again, it counts once"`
	Kinds      []string `json:"kinds,omitempty" doc:"only notices of these kinds"`
	Members    []string `json:"members,omitempty" doc:"only what concerns one of these members"`
	Past       bool     `json:"past,omitempty" doc:"all the past first"`
	URL        string   `json:"url" doc:"of the receiver: https, in the public network"`
}

// SubscriptionMade is a subscription with its secret, where it is to be shown.
type SubscriptionMade struct {
	Repeated     bool   `json:"repeated,omitempty" doc:"it had been made before; its secret is not shown again"`
	Secret       string `json:"secret,omitempty" doc:"with which what is brought is signed; shown once"`
	Subscription string `json:"subscription"`
}

// SubscriptionState is one subscription, as the house register has it.
type SubscriptionState struct {
	Bodies       []string `json:"bodies,omitempty"`
	Channel      string   `json:"channel"`
	Ended        bool     `json:"ended,omitempty"`
	Every        bool     `json:"every,omitempty"`
	FromNumber   uint64   `json:"from_number,omitempty"`
	Groups       []string `json:"groups,omitempty"`
	Kinds        []string `json:"kinds,omitempty"`
	Members      []string `json:"members,omitempty"`
	Past         bool     `json:"past,omitempty"`
	Since        string   `json:"since" format:"date"`
	Subscription string   `json:"subscription"`
}

// SubscriptionsListed are one's own, in the order of their ids.
type SubscriptionsListed struct {
	Subscriptions []SubscriptionState `json:"subscriptions"`
}

// DeliveriesListed say how far a subscription has its notices.
type DeliveriesListed struct {
	Deliveries []json.RawMessage `json:"deliveries"`
}

var subscriptionParameter = operation.Must(operation.Parameter{Name: "subscription", Form: operation.ID, Says: "its id"})

// subscriptions serves what somebody may with his own subscriptions.
func (s *Server) subscriptions() {
	if s.Own == nil {
		return
	}
	const all, one = "/v1/subscriptions", "/v1/subscriptions/{subscription}"
	s.ownAffair("own-subscriptions", http.MethodGet, all, "One's own subscriptions, those that have ended too", nil, func(_ http.ResponseWriter, r *http.Request, _ map[string]string) (any, error) {
		return s.Own.Subscriptions(r.Context())
	}, reflect.TypeFor[SubscriptionsListed]())
	s.ownAffair("subscribe", http.MethodPost, all, "Have notices brought to a receiver over HTTP, signed as Standard Webhooks", nil, func(w http.ResponseWriter, r *http.Request, _ map[string]string) (any, error) {
		body, err := bodyOf(w, r)
		if err != nil {
			return nil, err
		}
		return s.Own.Subscribe(r.Context(), body)
	}, reflect.TypeFor[SubscriptionMade]())
	reason := operation.Parameter{Name: "reason", Form: operation.Word, Says: "why, for the register"}
	s.ownAffair("end-own-subscription", http.MethodDelete, one, "End a subscription, and erase its address", []operation.Parameter{reason}, func(_ http.ResponseWriter, r *http.Request, told map[string]string) (any, error) {
		return s.Own.End(r.Context(), r.PathValue("subscription"), told["reason"])
	}, reflect.TypeFor[SubscriptionState]())
	s.ownAffair("rotate-own-secret", http.MethodPost, one+"/secret", "Give a receiver a new secret; the old one goes on signing beside it for a day", nil, func(_ http.ResponseWriter, r *http.Request, _ map[string]string) (any, error) {
		return s.Own.Rotate(r.Context(), r.PathValue("subscription"))
	}, reflect.TypeFor[SubscriptionMade]())
	s.ownAffair("own-deliveries", http.MethodGet, one+"/deliveries", "How far a subscription has its notices, what waits, and what is parked", nil, func(_ http.ResponseWriter, r *http.Request, _ map[string]string) (any, error) {
		return s.Own.Deliveries(r.Context(), r.PathValue("subscription"))
	}, reflect.TypeFor[DeliveriesListed]())
}

// ownAffair serves one operation on one's own subscriptions.
func (s *Server) ownAffair(id, method, path, says string, takes []operation.Parameter, do func(http.ResponseWriter, *http.Request, map[string]string) (any, error), answers reflect.Type) {
	op := &huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: says, Tags: []string{"subscriptions"},
		Responses: map[string]*huma.Response{"200": {Description: "The answer", Content: jsonOf(s.schemaOf(answers, id))}},
	}
	statuses := []int{http.StatusBadRequest}
	if path != "/v1/subscriptions" {
		q := &operation.Question{Path: path}
		op.Parameters = append(op.Parameters, parameterOf(q, &subscriptionParameter))
		statuses = append(statuses, http.StatusNotFound)
	}
	for i := range takes {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &takes[i]))
	}
	if id == "subscribe" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: jsonOf(s.schemaOf(reflect.TypeFor[Subscribe](), "Subscribe"))}
		op.Responses["201"] = &huma.Response{Description: "It is made", Content: jsonOf(s.schemaOf(answers, id))}
		statuses = append(statuses, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if id == "rotate-own-secret" { // another server may have it
		statuses = append(statuses, http.StatusConflict)
	}
	if method != http.MethodGet {
		statuses = append(statuses, http.StatusUnprocessableEntity)
	}
	s.mayFail(op, statuses...)
	s.add(op, Right{What: ToRead}, func(w http.ResponseWriter, r *http.Request) error {
		told, err := toldOf(r, takes)
		if err != nil {
			return err
		}
		answer, err := do(w, r, told)
		if err != nil {
			return err
		}
		return sendOwn(w, r, answer)
	})
}

func sendOwn(w http.ResponseWriter, r *http.Request, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	status := http.StatusOK
	if made, ok := answer.(SubscriptionMade); ok && r.Method == http.MethodPost && r.PathValue("subscription") == "" && !made.Repeated {
		status = http.StatusCreated
		w.Header().Set("Location", "/v1/subscriptions/"+made.Subscription+"/deliveries")
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(body, '\n'))
	}
	return nil
}
