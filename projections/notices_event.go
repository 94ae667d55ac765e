package projections

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"registre/domain"
)

// A CloudEvent is a notice as CloudEvents 1.0 writes it, in the JSON of Encode. Source and id together name it among all notices of
// all registers; sequence orders those of one group.
type CloudEvent struct {
	Data         NoticeData     `json:"data"`
	ContentType  string         `json:"datacontenttype"`
	Group        domain.GroupID `json:"group"`
	ID           string         `json:"id"`
	Illustrative string         `json:"illustrative,omitempty"` // what of it is invented
	Sequence     string         `json:"sequence"`               // the number of its event in the register, of 16 digits
	Source       string         `json:"source"`                 // the log whose register it is
	SpecVersion  string         `json:"specversion"`
	Subject      string         `json:"subject"` // where to ask for it: a path of the interface
	Time         domain.Instant `json:"time"`    // when its event was recorded
	Type         string         `json:"type"`
}

// NoticeType is the type of a kind of notice, as CloudEvents names it.
func NoticeType(kind string) string { return "registre." + kind + ".v1" }

// SourceOf is the source of all notices of a log.
func SourceOf(origin string) string { return "urn:registre:log:" + url.PathEscape(origin) }

// CloudEvent is the notice of a log.
func (n *Notice) CloudEvent(origin string) CloudEvent {
	return CloudEvent{
		ContentType: "application/json", Data: n.Data, Group: n.Group, ID: n.ID(), Illustrative: n.Illustrative, Sequence: fmt.Sprintf("%016d", n.Number),
		Source: SourceOf(origin), SpecVersion: "1.0", Subject: n.subject(), Time: n.Recorded, Type: NoticeType(n.Kind),
	}
}

// Notice is the notice that was written as an event.
func (e *CloudEvent) Notice() Notice {
	n := Notice{Data: e.Data, Group: e.Group, Illustrative: e.Illustrative, Recorded: e.Time}
	n.Kind = strings.TrimSuffix(strings.TrimPrefix(e.Type, "registre."), ".v1")
	n.Number, _ = strconv.ParseUint(e.Sequence, 10, 53) // 0 where nobody wrote one
	for _, b := range e.Data.Bodies {
		n.Bodies = append(n.Bodies, b.Body)
	}
	for _, m := range e.Data.Members {
		n.Members = append(n.Members, m.Member)
	}
	return n
}

// subject is where the thing itself can be asked for.
func (n *Notice) subject() string {
	in := "groups/" + string(n.Group) + "/"
	switch d := n.Data; {
	case d.Decision != nil:
		return in + "decisions/" + strconv.FormatUint(d.Decision.Number, 10)
	case d.Avenant != nil:
		return in + "avenants?text=" + string(d.Avenant.Text)
	case d.Sitting != nil:
		return in + "sittings/" + string(d.Sitting.Sitting)
	case d.Order != nil:
		return in + "orders/" + url.PathEscape(string(d.Order.Number))
	case d.Finding != nil:
		return in + "findings"
	}
	return in + "events/" + strconv.FormatUint(n.Number, 10)
}
