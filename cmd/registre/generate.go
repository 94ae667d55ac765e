package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"

	"registre/domain"
)

// A history makes the commands of one group, one after the other, each accepted after the ones before it. The same seed
// always makes the same commands. It knows what it has made, and no register.
type history struct {
	group  domain.GroupID
	marked string // what is illustrative about it
	random *rand.Rand
	day    domain.Day
	made   int // commands
	events uint64
	round  int // of what happens again and again
	texts  int
	next   []domain.Command
}

// newHistory begins the history of group number n.
func newHistory(seed uint64, n int) *history {
	return &history{
		group: domain.GroupID(fmt.Sprintf("g-%05d", n)), marked: "bench",
		random: rand.New(rand.NewPCG(seed, uint64(n))), day: 735965, // 2016-01-01
	}
}

// historyMembers and historyBodies are those of every history.
var (
	historyMembers = []domain.MemberID{"ardennes", "aube", "cea", "haute-marne", "marne", "meurthe-et-moselle", "meuse", "moselle", "region", "vosges"}
	historyBodies  = []domain.BodyID{"ag", "cogouv", "cst"}
)

// command gives the next command.
func (h *history) command() domain.Command {
	if len(h.next) == 0 {
		if h.made == 0 {
			h.tell(h.founding())
		} else {
			h.more()
		}
	}
	c := h.next[0]
	h.next = h.next[1:]
	h.made++
	return c
}

// tell adds a command on the present day.
func (h *history) tell(act domain.Act) {
	c := domain.Command{
		Group: h.group, Effective: domain.OnDay(h.day), Actor: "secretariat", Act: act, Illustrative: h.marked,
		Evidence: []domain.Evidence{{Kind: "deliberation", Reference: fmt.Sprintf("CP-%d", h.random.IntN(10000))}},
	}
	c.ID = h.id()
	h.next = append(h.next, c)
	h.events++
}

func (h *history) id() (id uuid.UUID) {
	for i := range id {
		id[i] = byte(h.random.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

func (h *history) founding() domain.Act {
	f := &domain.GroupFounded{Name: "Groupement " + string(h.group), Title: "Convention constitutive"}
	for _, m := range historyMembers {
		f.Changes = append(f.Changes, &domain.MemberJoined{Member: m, Name: "Département " + string(m)})
	}
	for _, b := range historyBodies {
		f.Changes = append(f.Changes, &domain.BodyCreated{Body: b, Name: "Instance " + string(b)}, h.weights(b, "", len(historyMembers)))
	}
	return f
}

// weights is a table that has never been set before: one of its weights is new.
func (h *history) weights(b domain.BodyID, basis string, holders int) *domain.WeightsSet {
	w := &domain.WeightsSet{Basis: basis, Body: b}
	for _, m := range historyMembers[:holders] {
		weight, _ := domain.NewWeight(int64(1+h.random.IntN(1_000_000)), 2)
		w.Weights = append(w.Weights, domain.MemberWeight{Member: m, Weight: weight})
	}
	return w
}

// more is what happens next: an avenant from its drafting to its entry into force, then smaller things.
func (h *history) more() {
	h.day += domain.Day(1 + h.random.IntN(3))
	h.round++
	switch h.round % 4 {
	case 1:
		h.avenant()
	case 2:
		h.tell(h.weights(historyBodies[h.random.IntN(3)], "arrêté", len(historyMembers)))
	case 3:
		m := domain.MemberID(fmt.Sprintf("commune-%d", h.round/4%10))
		h.tell(&domain.MemberJoined{Basis: "arrêté", Member: m, Name: "Commune " + string(m)})
		h.day++
		h.tell(&domain.MemberWithdrew{Basis: "arrêté", Member: m})
	default:
		h.tell(&domain.BodyRenamed{Basis: "arrêté", Body: "cst", Name: fmt.Sprintf("Comité n°%d", h.round)})
		target, said := h.events, h.next[len(h.next)-1]
		again := *said.Act.(*domain.BodyRenamed)
		again.Name += " bis"
		h.tell(&domain.EventCorrected{
			Kind: domain.Clerical, Reason: "faute de frappe", Target: target,
			Replacement: &domain.Event{Effective: said.Effective, Act: &again},
		})
	}
}

// avenant is drafted, approved and signed by all, and enters into force by itself.
func (h *history) avenant() {
	h.texts++
	id, hash := domain.TextID(fmt.Sprintf("avenant-%d", h.texts)), domain.Hash{1, byte(h.texts)}
	h.tell(&domain.AvenantDrafted{
		Avenant: id, Title: fmt.Sprintf("Avenant n°%d", h.texts), SHA256: hash, Articles: []string{"8"},
		Changes: []domain.Change{h.weights("cogouv", "", len(historyMembers))},
	})
	for _, m := range historyMembers {
		h.tell(&domain.MemberDeliberated{Member: m, Reference: "CP", SHA256: hash, Text: id})
	}
	h.day++
	for _, m := range historyMembers {
		h.tell(&domain.MemberSigned{Member: m, Text: id})
	}
	h.events++ // the entry into force
}
