package eventstore

import "registre/domain"

func findingAnswered(c *coder, a *domain.FindingAnswered) {
	numbers(c, "events", &a.Events)
	value(c, "finding", required, &a.Finding, findingCodes)
	value(c, "subject", optional, &a.Subject, texts)
	value(c, "text", required, &a.Text, texts)
}

func documentAdded(c *coder, a *domain.DocumentAdded) {
	value(c, "from", optional, &a.From, days)
	value(c, "kind", required, &a.Kind, texts)
	value(c, "media_type", required, &a.MediaType, texts)
	value(c, "reference", optional, &a.Reference, texts)
	value(c, "sha256", required, &a.SHA256, hashes)
	count(c, "size", &a.Size)
}

func documentKept(c *coder, a *domain.DocumentKept) {
	value(c, "from", required, &a.From, days)
	value(c, "sha256", required, &a.SHA256, hashes)
}

func documentErased(c *coder, a *domain.DocumentErased) {
	value(c, "order", optional, &a.Order, texts)
	value(c, "reason", required, &a.Reason, texts)
	value(c, "sha256", required, &a.SHA256, hashes)
}

var findingCodes = &form[string]{shape: shape{kind: "string", what: "the code of a finding: F0101", pattern: `^F[0-9]{4}$`}, parse: itself[string], append: appendText, kept: true}
