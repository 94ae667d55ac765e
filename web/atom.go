package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

const atomFeed = "application/atom+xml"

// feedTakes is what a feed takes.
var feedTakes = []operation.Parameter{
	{Name: "before", Form: operation.Number, Says: "the page of those before this event, as the link next names it"},
	{Name: "lang", Form: operation.Word, Says: "the language of the sentences; that of Accept-Language where it is left out", OneOf: []string{"en", "fr"}},
}

// FeedAsked says which feed is wanted.
type FeedAsked struct {
	Group, Body, Before, Lang string
}

// A Feed is a page of notices for people, the newest first.
type Feed struct {
	ID, Title, Author, Updated string
	Next                       string // before which there are more; "" where there are none
	Entries                    []FeedEntry
}

// A FeedEntry is one of them.
type FeedEntry struct {
	ID, Kind, Link, Text, Title, Updated string
}

// The document of RFC 4287.
type (
	atomDocument struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID       string       `xml:"id"`
		Title    string       `xml:"title"`
		Updated  string       `xml:"updated"`
		Category atomCategory `xml:"category"`
		Link     atomLink     `xml:"link"`
		Content  atomText     `xml:"content"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// feeds serves the notices of groups and bodies to feed readers.
func (s *Server) feeds() {
	for _, f := range []struct{ id, path, says string }{
		{"feed", "/v1/groups/{group}/notices.atom", "The notices of a group, as an Atom feed"},
		{"body-feed", "/v1/groups/{group}/bodies/{body}/notices.atom", "The notices that concern a body, as an Atom feed"},
	} {
		op := &huma.Operation{
			OperationID: f.id, Method: http.MethodGet, Path: f.path, Summary: f.says, Tags: []string{"register"},
			Description: "The newest first, in pages that the link next leads through. A feed reader that cannot send a Bearer token sends it as the password of HTTP Basic.",
			Parameters:  []*huma.Param{groupParameter()},
			Responses: map[string]*huma.Response{
				"200": {
					Description: "The feed", Headers: answerHeaders(false),
					Content: map[string]*huma.MediaType{atomFeed: {Schema: &huma.Schema{Type: huma.TypeString}}},
				},
				"304": {Description: "Whoever asks has the answer already"},
			},
		}
		if f.id == "body-feed" {
			op.Parameters = append(op.Parameters, parameterOf(&operation.Question{Path: "{body}"}, &operation.Parameter{Name: "body", Form: operation.ID, Says: "the body"}))
		}
		for i := range feedTakes {
			op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &feedTakes[i]))
		}
		s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusNotAcceptable)
		s.add(op, Right{What: ToRead}, s.feed)
	}
}

// feed gives one page.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) error {
	told, err := toldOf(r, feedTakes)
	if err != nil {
		return err
	}
	if !accepts(r, atomFeed) {
		return &Fault{Status: http.StatusNotAcceptable, Name: "media-unwanted", Subject: r.Header.Get("Accept"), Detail: atomFeed}
	}
	lang := told["lang"]
	switch lang {
	case "":
		lang = languageOf(r)
	case "en", "fr":
	default:
		return &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "lang", Detail: lang}
	}
	page, err := s.Desk.Feed(r.Context(), FeedAsked{Group: r.PathValue("group"), Body: r.PathValue("body"), Before: told["before"], Lang: lang})
	if err != nil {
		return err
	}
	body, err := xml.Marshal(documentOf(&page, r.URL.Path, lang, told["before"]))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept-Language")
	if known(w, r, tagOf(body)) {
		return nil
	}
	body = append([]byte(xml.Header), body...)
	h.Set("Content-Type", atomFeed+"; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

// documentOf is a page as RFC 4287 writes it, with the links of RFC 5005. encoding/xml writes what XML 1.0 cannot as U+FFFD.
func documentOf(page *Feed, path, lang, before string) *atomDocument {
	address := func(before string) string {
		q := url.Values{"lang": {lang}}
		if before != "" {
			q.Set("before", before)
		}
		return path + "?" + q.Encode()
	}
	d := &atomDocument{Lang: lang, ID: page.ID, Title: page.Title, Updated: page.Updated, Author: page.Author}
	d.Links = []atomLink{{Rel: "self", Type: atomFeed, Href: address(before)}, {Rel: "first", Type: atomFeed, Href: address("")}}
	if page.Next != "" {
		d.Links = append(d.Links, atomLink{Rel: "next", Type: atomFeed, Href: address(page.Next)})
	}
	for i := range page.Entries {
		e := &page.Entries[i]
		d.Entries = append(d.Entries, atomEntry{
			ID: e.ID, Title: e.Title, Updated: e.Updated, Category: atomCategory{e.Kind}, Link: atomLink{Rel: "alternate", Type: "application/json", Href: e.Link},
			Content: atomText{"text", e.Text},
		})
	}
	return d
}
