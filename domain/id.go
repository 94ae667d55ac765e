package domain

import "strings"

// MaxIDLength bounds every id, in bytes.
const MaxIDLength = 64

// GroupID, MemberID, BodyID and TextID name a purchasing group, one of its members, one of its
// bodies and one of its texts (the convention or an avenant). Each is [a-z0-9-]{1,64}.
type (
	GroupID  string
	MemberID string
	BodyID   string
	TextID   string
)

// Convention is the id of the text that founds every group.
const Convention TextID = "convention"

// House is the id of the register that keeps the events belonging to no group.
const House GroupID = "registre"

// ValidID reports whether s can be the id of a group, a member, a body or a text.
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > MaxIDLength {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}
