package domain

// A Dimension is something by which enrolment is told apart.
type Dimension uint8

// The dimensions, each with its name as String gives it.
const (
	ByMember        Dimension = 1 + iota // for whom an order form counts on the day: the member that ordered, or its successor
	ByFormerly                           // the member that ordered
	ByAgreement                          // the framework agreement
	BySchoolYear                         // of the first day of the order form's period: from 1 September on, as 2022-2023
	ByCycle                              // of the line
	ByHeadcountKind                      // of the line: forecast, official, live
	BySchool                             // under the code that it has on the day
	BySchoolKind                         // that it is of on the day
	lastDimension   = BySchoolKind
	ofAll           = Dimension(0) // one cell, of all lines
	ofPupils        = lastDimension + 1
	ofMoney         = lastDimension + 2
)

var dimensionNames = [...]string{
	ByMember: "member", ByFormerly: "formerly", ByAgreement: "agreement", BySchoolYear: "school-year", ByCycle: "cycle",
	ByHeadcountKind: "headcount-kind", BySchool: "school", BySchoolKind: "school-kind",
}

// Dimensions lists the dimensions there are.
func Dimensions() (all []Dimension) {
	for d := ByMember; d <= lastDimension; d++ {
		all = append(all, d)
	}
	return all
}

// ParseDimension reads what String writes; ok is false for anything else.
func ParseDimension(s string) (d Dimension, ok bool) {
	for d := ByMember; d <= lastDimension; d++ {
		if dimensionNames[d] == s {
			return d, true
		}
	}
	return 0, false
}

// String is the name of the dimension, as "school-kind"; "" for none.
func (d Dimension) String() string {
	if int(d) >= len(dimensionNames) {
		return ""
	}
	return dimensionNames[d]
}

// schoolYear is the year in which the school year of a day began: on the last 1 September up to it.
func schoolYear(d Day) int {
	year, month, _ := d.Civil()
	if month < 9 {
		year--
	}
	return max(year, 0)
}

// SchoolYear is the school year that a day is in, as 2022-2023.
func SchoolYear(d Day) string { return schoolYearText(schoolYear(d)) }

// schoolYearText is that year as a school year, as 2022-2023.
func schoolYearText(year int) string {
	return string(appendDigits(append(appendDigits(nil, year, 4), '-'), year+1, 4))
}
