package subjects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
	"registre/eventstore"
	"registre/web"
)

// What a client may ask of the stream of notices. Consumers are made by this process, which looks at what a client wants: that it pulls,
// from groups that he may be told of. Pulling and acknowledging then go to the server itself, by imports of his account that lead to his
// own consumers and to nobody else's.
const (
	api      = "registre.js." // and then the token, and what is asked
	apiNext  = "$JS.API.CONSUMER.MSG.NEXT." + NoticeStream + "."
	apiAck   = "$JS.ACK." + NoticeStream + "."
	maxNames = 1000                // subjects of consumers, that one token can have used since the server started
	passing  = 16                  // consumers without a durable name, of one token
	forgets  = 90 * 24 * time.Hour // a consumer that nobody pulls from

	forgetsPassing = time.Hour // one that is not durable
)

// asks are the subjects of JetStream that come to this process, and what they become.
var asks = map[string]string{
	"$JS.API.STREAM.INFO." + NoticeStream:            "STREAM",
	"$JS.API.CONSUMER.CREATE." + NoticeStream + ".>": "CREATE.>",
	"$JS.API.CONSUMER.INFO." + NoticeStream + ".*":   "INFO.*",
	"$JS.API.CONSUMER.DELETE." + NoticeStream + ".*": "DELETE.*",
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// A wanted consumer is what a client can say of one. What else he says has no effect.
type wanted struct {
	Config struct {
		Name              string          `json:"name"`
		Durable           string          `json:"durable_name"`
		DeliverSubject    string          `json:"deliver_subject"`
		DeliverPolicy     json.RawMessage `json:"deliver_policy"`
		OptStartSeq       uint64          `json:"opt_start_seq"`
		OptStartTime      *time.Time      `json:"opt_start_time"`
		AckPolicy         string          `json:"ack_policy"`
		AckWait           time.Duration   `json:"ack_wait"`
		FilterSubject     string          `json:"filter_subject"`
		FilterSubjects    []string        `json:"filter_subjects"`
		InactiveThreshold time.Duration   `json:"inactive_threshold"`
		HeadersOnly       bool            `json:"headers_only"`
	} `json:"config"`
}

// A refused request of JetStream has an answer in its form.
type refused struct {
	status int
	says   string
}

func (r *refused) Error() string { return r.says }

// consume answers what a client asks of the stream of notices.
func (d *desk) consume(m *nats.Msg) {
	token, rest, _ := strings.Cut(strings.TrimPrefix(m.Subject, api), ".")
	if !strings.HasPrefix(m.Reply, "_R_.") {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	verb, rest, _ := strings.Cut(rest, ".")
	var answer any
	who, err := d.Door.Holder(token)
	switch {
	case err != nil:
		err = &refused{http.StatusUnauthorized, "this token stands no more"}
	case !d.consumes.allow(token):
		err = &refused{http.StatusTooManyRequests, "too many requests"}
	default:
		c := &client{publisher: d.notices, token: token, who: who}
		answer, err = c.ask(ctx, verb, rest, m.Data)
	}
	if err != nil {
		answer = d.failed(verb, err)
	}
	body, err := json.Marshal(answer)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		d.Log.Error("an answer did not go out", "operation", verb, "error", err)
	}
}

// types are those that the answers of JetStream name.
var types = map[string]string{"STREAM": "stream_info", "CREATE": "consumer_create", "INFO": "consumer_info", "DELETE": "consumer_delete"}

func typeOf(verb string) string { return "io.nats.jetstream.api.v1." + types[verb] + "_response" }

// failed is an answer that says what is wrong.
func (d *desk) failed(verb string, err error) any {
	var r *refused
	switch {
	case errors.As(err, &r):
	case errors.Is(err, natsjs.ErrConsumerNotFound):
		r = &refused{http.StatusNotFound, "consumer not found"}
	default:
		d.Log.Error("failed", "operation", verb, "error", err)
		r = &refused{http.StatusInternalServerError, "it failed"}
	}
	wrong := &server.ApiError{Code: r.status, Description: r.says}
	if r.status == http.StatusNotFound {
		wrong.ErrCode = uint16(natsjs.JSErrCodeConsumerNotFound)
	}
	return server.ApiResponse{Type: typeOf(verb), Error: wrong}
}

// A client is whoever asks something of the stream of notices.
type client struct {
	*publisher
	token string
	who   web.Principal
}

func (c *client) ask(ctx context.Context, verb, name string, data []byte) (any, error) {
	switch verb {
	case "STREAM":
		info, err := c.stream.Info(ctx)
		return struct {
			Type string `json:"type"`
			*natsjs.StreamInfo
		}{typeOf(verb), info}, err
	case "CREATE":
		return c.create(ctx, name, data)
	case "INFO":
		return c.info(ctx, name)
	}
	if _, err := c.info(ctx, name); err != nil {
		return nil, err
	}
	return struct {
		Type    string `json:"type"`
		Success bool   `json:"success"`
	}{typeOf(verb), true}, c.stream.DeleteConsumer(ctx, c.real(name))
}

// real is the name of a consumer on the server: a durable one is its principal's, any other its token's. No principal's name has a _.
func (c *client) real(name string) string {
	if strings.HasPrefix(name, passingName) {
		return "_" + c.token + "_" + name
	}
	return c.who.ID + "_" + name
}

// passingName begins the names of consumers that are not durable: the server gives them, so that they are few.
const passingName = "passing-"

// create makes a consumer, or changes it.
func (c *client) create(ctx context.Context, name string, data []byte) (any, error) {
	var w wanted
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, &refused{http.StatusBadRequest, "the request cannot be read"}
	}
	name, filter, _ := strings.Cut(name, ".")
	if w.Config.DeliverSubject != "" {
		return nil, &refused{http.StatusForbidden, "notices are pulled, not pushed"}
	}
	config, err := c.config(ctx, &w, filter)
	if err != nil {
		return nil, err
	}
	if w.Config.Durable == "" {
		if name, err = c.free(ctx, name); err != nil {
			return nil, err
		}
	}
	if !nameForm.MatchString(name) || w.Config.Durable != "" && strings.HasPrefix(name, passingName) {
		return nil, &refused{http.StatusBadRequest, "a name has 1 to 64 of A-Z, a-z, 0-9, _ and -"}
	}
	if err := c.lead(name, config.AckPolicy); err != nil {
		return nil, err
	}
	config.Name = c.real(name)
	if config.Durable = ""; w.Config.Durable != "" {
		config.Durable = config.Name
	}
	if err := c.changes(ctx, config); err != nil {
		return nil, err
	}
	made, err := c.stream.CreateOrUpdateConsumer(ctx, *config)
	var wrong *natsjs.APIError
	if errors.As(err, &wrong) {
		return nil, &refused{wrong.Code, wrong.Description}
	} else if err != nil {
		return nil, err
	}
	return told("CREATE", name, made.CachedInfo()), nil
}

// changes refuses what cannot change of a consumer that is there: the server would say of it that it had failed itself.
func (c *client) changes(ctx context.Context, config *natsjs.ConsumerConfig) error {
	found, err := c.stream.Consumer(ctx, config.Name)
	if errors.Is(err, natsjs.ErrConsumerNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	had := found.CachedInfo().Config
	from, begins := had.OptStartTime, config.OptStartTime
	if had.AckPolicy != config.AckPolicy || had.DeliverPolicy != config.DeliverPolicy || had.OptStartSeq != config.OptStartSeq ||
		(from == nil) != (begins == nil) || from != nil && !from.Equal(*begins) {
		return &refused{http.StatusConflict, "how a consumer acknowledges, and where it begins, cannot be changed: delete it first"}
	}
	return nil
}

var serialForm = regexp.MustCompile(`_[0-9]{1,9}$`)

// free is a name for a consumer that is not durable. It ends as the client's own does: ordered consumers count there how often they began
// anew.
func (c *client) free(ctx context.Context, wanted string) (string, error) {
	serial := serialForm.FindString(wanted)
	for i := range passing {
		name := fmt.Sprintf("%s%d%s", passingName, i+1, serial)
		if _, err := c.stream.Consumer(ctx, c.real(name)); errors.Is(err, natsjs.ErrConsumerNotFound) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", &refused{http.StatusTooManyRequests, "too many consumers that are not durable"}
}

// config is how a consumer is made: within a group the order is kept, so that the next notice comes once the one before is acknowledged.
func (c *client) config(ctx context.Context, w *wanted, filter string) (*natsjs.ConsumerConfig, error) {
	asked := &w.Config
	config := &natsjs.ConsumerConfig{
		AckPolicy: natsjs.AckExplicitPolicy, AckWait: asked.AckWait, MaxAckPending: 1, OptStartSeq: asked.OptStartSeq, OptStartTime: asked.OptStartTime, HeadersOnly: asked.HeadersOnly,
		InactiveThreshold: min(asked.InactiveThreshold, forgets), MemoryStorage: asked.Durable == "", Metadata: map[string]string{"principal": c.who.ID},
	}
	switch {
	case asked.Durable == "":
		config.InactiveThreshold = min(config.InactiveThreshold, forgetsPassing)
	case config.InactiveThreshold == 0:
		config.InactiveThreshold = forgets
	}
	if len(asked.DeliverPolicy) > 0 {
		if err := json.Unmarshal(asked.DeliverPolicy, &config.DeliverPolicy); err != nil {
			return nil, &refused{http.StatusBadRequest, "this policy of delivery is unknown"}
		}
	}
	switch asked.AckPolicy {
	case "", "explicit":
	case "none":
		config.AckPolicy, config.MaxAckPending, config.AckWait = natsjs.AckNonePolicy, 0, 0
	default:
		return nil, &refused{http.StatusBadRequest, "acknowledgements are explicit, or none"}
	}
	filters := slices.Clone(asked.FilterSubjects)
	for _, f := range []string{asked.FilterSubject, filter} {
		if f != "" && !slices.Contains(filters, f) {
			filters = append(filters, f)
		}
	}
	var err error
	config.FilterSubjects, err = c.filters(ctx, filters)
	return config, err
}

// filters are subjects of groups that a client may be told of: those that he names, and all of his own where he names none.
func (c *client) filters(ctx context.Context, named []string) (all []string, err error) {
	if len(named) == 0 {
		named = []string{noticeSubject + "*.*"}
	}
	for _, f := range named {
		rest, ok := strings.CutPrefix(f, noticeSubject)
		group, kind, two := strings.Cut(rest, ".")
		if group == ">" || f == ">" || f == "registre.>" || f == "registre.notices.>" {
			group, kind, ok, two = "*", "*", true, true
		}
		if kind == ">" {
			kind = "*"
		}
		if !ok || !two || kind == "" || strings.ContainsAny(kind, ".> \t") || kind != "*" && strings.Contains(kind, "*") {
			return nil, &refused{http.StatusBadRequest, "a filter is " + noticeSubject + "GROUP.KIND"}
		}
		groups := []string{group}
		if group == "*" {
			if groups, err = c.groups(ctx); err != nil {
				return nil, err
			}
		}
		for _, g := range groups {
			if c.Serves.Door.May(ctx, c.who, toBeTold(g)) != nil {
				return nil, &refused{http.StatusForbidden, "nothing gives this right: notices of " + g}
			}
			if subject := noticeSubject + g + "." + kind; !slices.Contains(all, subject) {
				all = append(all, subject)
			}
		}
	}
	if all == nil {
		return nil, &refused{http.StatusForbidden, "nothing gives this right: notices"}
	}
	return all, nil
}

func toBeTold(group string) web.Right {
	return web.Right{What: web.ToRead, Operation: "notices-stream", Group: group}
}

// groups are those that a client may be told of now.
func (c *client) groups(ctx context.Context) (own []string, err error) {
	heads, err := c.Notices.Source.Log.Heads(ctx)
	for _, h := range heads {
		if h.Group != domain.House && c.Serves.Door.May(ctx, c.who, toBeTold(string(h.Group))) == nil {
			own = append(own, string(h.Group))
		}
	}
	return own, err
}

// info tells of a client's own consumer, as long as he may be told of all that it gives.
func (c *client) info(ctx context.Context, name string) (any, error) {
	if !nameForm.MatchString(name) {
		return nil, natsjs.ErrConsumerNotFound
	}
	found, err := c.stream.Consumer(ctx, c.real(name))
	if err != nil {
		return nil, err
	}
	info := found.CachedInfo()
	if !c.mayHave(ctx, c.who, info) {
		return nil, &refused{http.StatusForbidden, "nothing gives this right"}
	}
	return told("INFO", name, info), c.lead(name, info.Config.AckPolicy)
}

// told is a consumer as its client knows it.
func told(verb, name string, info *natsjs.ConsumerInfo) any {
	own := *info
	own.Name, own.Config.Name = name, name
	if own.Config.Durable != "" {
		own.Config.Durable = name
	}
	return struct {
		Type string `json:"type"`
		*natsjs.ConsumerInfo
	}{typeOf(verb), &own}
}

// lead lets the account of a client pull from one of his consumers, and acknowledge what he has from it.
func (c *client) lead(name string, acks natsjs.AckPolicy) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	account, led, real := c.accounts[c.token], c.led[c.token], c.real(name)
	if led == nil {
		led = map[string]bool{}
		c.led[c.token] = led
	}
	imports := map[string]string{apiNext + name: apiNext + real}
	if acks != natsjs.AckNonePolicy {
		imports[apiAck+real+".>"] = apiAck + real + ".>"
	}
	for from, to := range imports {
		if led[from] {
			continue
		}
		if account == nil || len(led) >= maxNames {
			return &refused{http.StatusTooManyRequests, "too many names of consumers"}
		}
		if err := account.AddServiceImport(c.service, from, to); err != nil {
			return err
		}
		led[from] = true
	}
	return nil
}

// mayHave reports whether somebody may be told of all groups that a consumer is of.
func (p *publisher) mayHave(ctx context.Context, who web.Principal, info *natsjs.ConsumerInfo) bool {
	filters := info.Config.FilterSubjects
	if info.Config.FilterSubject != "" {
		filters = append(slices.Clone(filters), info.Config.FilterSubject)
	}
	for _, f := range filters {
		group, _, _ := strings.Cut(strings.TrimPrefix(f, noticeSubject), ".")
		if p.Serves.Door.May(ctx, who, toBeTold(group)) != nil {
			return false
		}
	}
	return len(filters) > 0
}

// review takes the consumers away of whoever may no longer be told of all that they give, when the house register has moved since it was
// done last, or another day has begun.
func (p *publisher) review(ctx context.Context) error {
	p.reviewing.Lock()
	defer p.reviewing.Unlock()
	head, today := uint64(0), p.Notices.Source.Now().Day()
	err := p.Notices.Source.Log.View(ctx, domain.House, func(v *eventstore.View) error { head = v.Head; return nil })
	if err != nil {
		return err
	}
	if head == p.reviewed && today == p.day {
		return nil
	}
	all := p.stream.ListConsumers(ctx)
	for info := range all.Info() {
		if p.mayHave(ctx, web.Principal{ID: info.Config.Metadata["principal"]}, info) {
			continue
		}
		p.Log.Info("a consumer of notices is taken away, since its right has ended", "principal", info.Config.Metadata["principal"])
		if err := p.stream.DeleteConsumer(ctx, info.Name); err != nil && !errors.Is(err, natsjs.ErrConsumerNotFound) {
			return err
		}
	}
	if err := all.Err(); err != nil {
		return err
	}
	p.reviewed, p.day = head, today
	return nil
}
