package paper

import (
	"bytes"
	"html"
	"strings"
)

// Where the imprint of a document lies, which no reader sees: in PDF in its XMP packet, which is not compressed; in HTML in an element
// meta of its head; in Markdown in a remark on its last line.
const (
	xmpBegin = "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">" +
		"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:registre=\"urn:registre:imprint\">" + xmpImprint
	xmpEnd     = xmpImprintEnd + "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
	xmpImprint = "<registre:imprint>"

	xmpImprintEnd = "</registre:imprint>"
	metaBegin     = `<meta name="registre" content="`
	metaEnd       = "\">\n"
	remarkBegin   = "<!-- registre "
	remarkEnd     = " -->"
)

// inRemark keeps what stands in strings of JSON from ending a remark.
var inRemark = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "--", `-\u002d`)

// imprinted is the element that has the imprint.
func imprinted(imprint string) string {
	if imprint == "" {
		return ""
	}
	return metaBegin + html.EscapeString(imprint) + metaEnd
}

// ImprintIn finds the imprint of a document that was written here, a JSON object; nil where it has none. What is in it anybody
// may have written.
func ImprintIn(document []byte) []byte {
	switch {
	case bytes.HasPrefix(document, []byte("%PDF-")):
		return between(document, xmpImprint, xmpImprintEnd)
	case bytes.HasPrefix(document, []byte("<!DOCTYPE html>")):
		return between(document, metaBegin, metaEnd)
	}
	text := bytes.TrimRight(document, "\r\n")
	last := text[bytes.LastIndexByte(text, '\n')+1:]
	if inner, ok := bytes.CutPrefix(last, []byte(remarkBegin)); ok {
		if inner, ok = bytes.CutSuffix(inner, []byte(remarkEnd)); ok {
			return inner
		}
	}
	return nil
}

func between(text []byte, begin, end string) []byte {
	_, rest, found := bytes.Cut(text, []byte(begin))
	inner, _, ended := bytes.Cut(rest, []byte(end))
	if !found || !ended {
		return nil
	}
	return []byte(html.UnescapeString(string(inner)))
}
