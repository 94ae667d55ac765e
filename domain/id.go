package domain

import "strings"

// MaxIDLength bounds every id, in bytes.
const MaxIDLength = 64

// GroupID, MemberID, BodyID, TextID and AgreementID name a purchasing group, one of its members, one of its bodies, one of
// its texts (the convention or an avenant) and one of its framework agreements. Each is [a-z0-9-]{1,64}.
type (
	GroupID     string
	MemberID    string
	BodyID      string
	TextID      string
	AgreementID string
)

// OrderNumber is the number of an order form as its member writes it, such as 2022-0042 or BC/22/17: 1 to 64 letters
// without accents, digits, and between them . / _ and -. In its group no other has the same; capitals make another number.
type OrderNumber string

// PrincipalID is the pseudonym of whoever acts. Like the others it is [a-z0-9-]{1,64}.
type PrincipalID string

// Convention is the id of the text that founds every group.
const Convention TextID = "convention"

// House is the id of the register that keeps the events belonging to no group.
const House GroupID = "registre"

// ValidID reports whether s can be the id of a group, a member, a body, a text, an agreement, a cycle or a kind of school.
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > MaxIDLength {
		return false
	}
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}

// ValidOrderNumber reports whether s can be the number of an order form.
func ValidOrderNumber(s string) bool {
	if len(s) == 0 || len(s) > MaxIDLength || strings.ContainsRune("./_-", rune(s[0])) || strings.ContainsRune("./_-", rune(s[len(s)-1])) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("./_-", r)
	}) < 0
}
