package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestFaultsNameParametersThroughADoor: what the command line calls --known is known over HTTP and NATS; a line of the command line stays.
func TestFaultsNameParametersThroughADoor(t *testing.T) {
	told := newTongues()
	for _, lang := range []string{"fr", "en"} {
		for _, f := range []error{
			misuse("known-unreadable", "x", "x"), inFlag("day-unreadable", "--weights-of", "x"), misuse("enrolment-by", "--by", "x"), misuse("what-if-pair", "--vote", "x"), inFlag("threshold-form", "--majority", "x"),
		} {
			p := told.Problem(f, lang)
			assert.NotContains(t, p.Detail+p.Remedy+p.Field+p.Subject, "--", "%s %v", lang, f)
			assert.Equal(t, http.StatusBadRequest, p.Status)
		}
	}
	assert.Equal(t, "weights_of", told.Problem(inFlag("day-unreadable", "--weights-of", "x"), "en").Field)
	assert.Equal(t, "votes", told.Problem(misuse("what-if-pair", "--vote", "x"), "en").Subject)
	for told, want := range map[string]string{
		"« --known » ne se lit pas": "« known » ne se lit pas", "--from, --to": "from, to", "a -- b": "a -- b", "x--y": "x--y", "Write --members-majority.": "Write members_majority.",
		"adjourn, `registre sitting adjourn g s --no-quorum`, then --at": "adjourn, `registre sitting adjourn g s --no-quorum`, then at",
		"« registre right grant --role x » ; --at":                       "« registre right grant --role x » ; at",
	} {
		assert.Equal(t, want, asParameters(told))
	}
}
