package domain

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// MaxWeightLength bounds the text of a weight, in bytes. No weight is longer: the longest have the
// denominator 2^62, hence 62 decimals.
const MaxWeightLength = 64

// Why a text, a number or an operation is refused; matched by errors.Is.
var (
	// ErrOverflow: the exact result is a weight too large, or too fine, for 63 bits above and below the bar.
	ErrOverflow = errors.New("does not fit: numerator and denominator are limited to 63 bits")
	// ErrNegative: the result, or the number given, is below zero.
	ErrNegative = errors.New("never negative")
	// ErrZeroDivisor: a division by zero, as in 1/0 or as in the share of an empty total.
	ErrZeroDivisor = errors.New("division by zero")
	// ErrMalformed: the text does not have the form; no value can be read from it.
	ErrMalformed = errors.New("malformed")
	// ErrSpelling: the value is clear, but this is not its one spelling.
	ErrSpelling = errors.New("not its one spelling")
)

// A TextError says why a text is not a value of this package.
type TextError struct {
	What    string // "weight", "day", "date" or "instant"
	Text    string // as it was given
	Instead string // the spelling to use; "" unless Err is ErrSpelling
	Err     error  // why: matches one of the sentinels of this package
}

func (e *TextError) Error() string {
	if e.Instead != "" {
		return fmt.Sprintf("%s %.80q: %v, which is %q", e.What, e.Text, e.Err, e.Instead)
	}
	return fmt.Sprintf("%s %.80q: %v", e.What, e.Text, e.Err)
}

func (e *TextError) Unwrap() error { return e.Err }

// A Weight is an exact number of voices: a fraction num/den with 0 <= num < 2^63 and 0 < den < 2^63, always
// reduced. The zero value is 0; two weights are the same number if and only if they are ==.
type Weight struct {
	num, less int64 // num/(less+1), so that the zero value is 0/1
}

// NewWeight is num/den, reduced. It fails with ErrNegative when num < 0 or den < 0, and with ErrZeroDivisor
// when den = 0.
func NewWeight(num, den int64) (Weight, error) {
	switch {
	case den == 0:
		return Weight{}, ErrZeroDivisor
	case num < 0 || den < 0:
		return Weight{}, ErrNegative
	}
	g := int64(gcd(uint64(num), uint64(den)))
	return Weight{num / g, den/g - 1}, nil
}

// Num is the numerator of the reduced fraction.
func (w Weight) Num() int64 { return w.num }

// Den is the denominator of the reduced fraction; 1 for a whole number, so for 0.
func (w Weight) Den() int64 { return w.less + 1 }

// IsZero reports whether w = 0.
func (w Weight) IsZero() bool { return w == Weight{} }

// Add is w + v, exactly. It fails with ErrOverflow if and only if the reduced sum does not fit.
func (w Weight) Add(v Weight) (Weight, error) {
	if sum := w.num + v.num; w.less|v.less == 0 && sum >= 0 {
		return Weight{sum, 0}, nil
	}
	a, c, b, d, g := commonDenominator(w, v)
	lo, carry := bits.Add64(a.lo, c.lo, 0)
	hi, _ := bits.Add64(a.hi, c.hi, carry)
	return uint128{hi, lo}.over(b, d, g)
}

// Sub is w - v, exactly. It fails with ErrNegative when w < v, and otherwise with ErrOverflow if and only if
// the reduced difference does not fit.
func (w Weight) Sub(v Weight) (Weight, error) {
	a, c, b, d, g := commonDenominator(w, v)
	lo, borrow := bits.Sub64(a.lo, c.lo, 0)
	hi, borrow := bits.Sub64(a.hi, c.hi, borrow)
	if borrow != 0 {
		return Weight{}, ErrNegative
	}
	return uint128{hi, lo}.over(b, d, g)
}

// Mul is w * v, exactly. It fails with ErrOverflow if and only if the reduced product does not fit.
func (w Weight) Mul(v Weight) (Weight, error) {
	a, b := uint64(w.num), uint64(w.Den())
	c, d := uint64(v.num), uint64(v.Den())
	g, h := gcd(a, d), gcd(c, b)
	numHi, num := bits.Mul64(a/g, c/h)
	denHi, den := bits.Mul64(b/h, d/g)
	return fit(numHi|denHi, num, den)
}

// Share is w / total, exactly. It fails with ErrZeroDivisor when total is 0, and otherwise with ErrOverflow
// if and only if the reduced quotient does not fit.
func (w Weight) Share(total Weight) (Weight, error) {
	if total.IsZero() {
		return Weight{}, ErrZeroDivisor
	}
	return w.Mul(Weight{total.Den(), total.num - 1})
}

// Cmp is -1 when w < v, 0 when w = v, +1 when w > v. It is exact for all weights.
func (w Weight) Cmp(v Weight) int {
	left, right := mul(w.num, v.Den()), mul(v.num, w.Den())
	switch {
	case left == right:
		return 0
	case left.hi < right.hi, left.hi == right.hi && left.lo < right.lo:
		return -1
	}
	return +1
}

// SumWeights is the exact sum of ws, 0 when there are none. It fails with ErrOverflow if and only if the
// reduced sum does not fit, whatever the order of ws: 1/p + 1/7 may not fit where 1/p + 1/7 + (p-1)/p does.
// It allocates only when the sum over a common denominator, before reducing, does not fit.
func SumWeights(ws ...Weight) (Weight, error) {
	den, ok := commonMultiple(ws)
	if !ok {
		return sumBig(ws)
	}
	var num, over uint64
	for _, w := range ws {
		scale := den
		if w.less != 0 { // spare the division where it is by 1
			scale /= uint64(w.Den())
		}
		hi, part := bits.Mul64(uint64(w.num), scale)
		sum, carry := bits.Add64(num, part, 0)
		num, over = sum, over|hi|carry
	}
	if over != 0 || num > math.MaxInt64 {
		return sumBig(ws)
	}
	return NewWeight(int64(num), int64(den))
}

// commonMultiple is the least common multiple of the denominators of ws, if it is below 2^63.
func commonMultiple(ws []Weight) (den uint64, ok bool) {
	den = 1
	for _, w := range ws {
		d := uint64(w.Den())
		if d == 1 || d == den {
			continue
		}
		hi, multiple := bits.Mul64(den/gcd(den, d), d)
		if hi != 0 || multiple > math.MaxInt64 {
			return 0, false
		}
		den = multiple
	}
	return den, true
}

func sumBig(ws []Weight) (Weight, error) {
	sum := new(big.Rat)
	for _, w := range ws {
		sum.Add(sum, big.NewRat(w.num, w.Den()))
	}
	return fromRat(sum)
}

func fromRat(r *big.Rat) (Weight, error) {
	if !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return Weight{}, ErrOverflow
	}
	return Weight{r.Num().Int64(), r.Denom().Int64() - 1}, nil
}

// ParseWeight reads the one spelling of a weight: a finite decimal as a decimal ("0", "15", "4.5"), any other
// number as a reduced fraction ("1/3"). For every s that it accepts, and for every w,
//
//	ParseWeight(s).String() == s
//	ParseWeight(w.String()) == w
//
// Its error is a *TextError, which matches ErrSpelling (and then says the spelling to use), ErrMalformed,
// ErrNegative, ErrZeroDivisor or ErrOverflow. It looks at no more than MaxWeightLength bytes.
func ParseWeight(s string) (Weight, error) {
	w, err := readWeight(s)
	if err != nil {
		return Weight{}, &TextError{What: "weight", Text: s, Err: err}
	}
	var buf [MaxWeightLength]byte
	if text := w.append(buf[:0]); string(text) != s {
		return Weight{}, &TextError{What: "weight", Text: s, Instead: string(text), Err: ErrSpelling}
	}
	return w, nil
}

// readWeight reads more than ParseWeight accepts: all spellings whose value is clear.
func readWeight(s string) (Weight, error) {
	if len(s) > MaxWeightLength {
		return Weight{}, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, MaxWeightLength)
	}
	s, negative := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(s), "+"), "-")
	w, err := readUnsigned(s)
	if err == nil && negative && !w.IsZero() {
		return Weight{}, ErrNegative
	}
	return w, err
}

func readUnsigned(s string) (Weight, error) {
	if num, den, ok := strings.Cut(s, "/"); ok {
		return readFraction(num, den)
	}
	whole, decimals, _ := strings.Cut(s, ".")
	return readDecimal(whole, decimals)
}

func readFraction(num, den string) (Weight, error) {
	if num == "" || den == "" || !allDigits(num) || !allDigits(den) {
		return Weight{}, fmt.Errorf("%w: want digits on both sides of the bar, as in 1/3", ErrMalformed)
	}
	n, errNum := strconv.ParseInt(num, 10, 64)
	d, errDen := strconv.ParseInt(den, 10, 64)
	if errNum != nil || errDen != nil {
		return Weight{}, ErrOverflow
	}
	return NewWeight(n, d)
}

func readDecimal(whole, decimals string) (Weight, error) {
	if whole+decimals == "" || !allDigits(whole) || !allDigits(decimals) {
		return Weight{}, fmt.Errorf("%w: want a number as in 15, 4.5 or 1/3", ErrMalformed)
	}
	whole, decimals = strings.TrimLeft(whole, "0"), strings.TrimRight(decimals, "0")
	if len(whole)+len(decimals) <= 18 { // 10^18 < 2^63
		return NewWeight(int64(number(whole)*pow10(len(decimals))+number(decimals)), int64(pow10(len(decimals))))
	}
	num, _ := new(big.Int).SetString(whole+decimals, 10)
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(decimals))), nil)
	return fromRat(new(big.Rat).SetFrac(num, den))
}

// String is the one spelling of w, at most MaxWeightLength bytes, with every decimal. See [ParseWeight].
func (w Weight) String() string {
	var buf [MaxWeightLength]byte
	return string(w.append(buf[:0]))
}

// AppendText appends w.String() to b. It never fails.
func (w Weight) AppendText(b []byte) ([]byte, error) { return w.append(b), nil }

// MarshalText is w.String(). It never fails.
func (w Weight) MarshalText() ([]byte, error) { return w.append(nil), nil }

// UnmarshalText is [ParseWeight]; it leaves w alone when it fails.
func (w *Weight) UnmarshalText(text []byte) error {
	v, err := ParseWeight(string(text))
	if err == nil {
		*w = v
	}
	return err
}

func (w Weight) append(b []byte) []byte {
	if !w.finite() {
		b = append(strconv.AppendInt(b, w.num, 10), '/')
		return strconv.AppendInt(b, w.Den(), 10)
	}
	den := uint64(w.Den())
	whole, rest := uint64(w.num)/den, uint64(w.num)%den
	b = strconv.AppendUint(b, whole, 10)
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for rest != 0 {
		var digit uint64
		hi, lo := bits.Mul64(rest, 10)
		digit, rest = bits.Div64(hi, lo, den) // rest < den, so digit < 10
		b = append(b, byte('0'+digit))
	}
	return b
}

// finite reports whether w has finitely many decimals: whether its denominator has no prime but 2 and 5.
func (w Weight) finite() bool {
	den := uint64(w.Den())
	den >>= bits.TrailingZeros64(den)
	for den%5 == 0 {
		den /= 5
	}
	return den == 1
}

type uint128 struct{ hi, lo uint64 }

func mul(x, y int64) uint128 {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	return uint128{hi, lo}
}

// commonDenominator gives w = a/(b*d*g) and v = c/(b*d*g) where b*g and d*g are the denominators of w and v,
// and g their greatest common divisor. Both a and c are below 2^126.
func commonDenominator(w, v Weight) (a, c uint128, b, d, g uint64) {
	if w.less == v.less {
		return uint128{0, uint64(w.num)}, uint128{0, uint64(v.num)}, 1, 1, uint64(w.Den())
	}
	g = gcd(uint64(w.Den()), uint64(v.Den()))
	b, d = uint64(w.Den())/g, uint64(v.Den())/g
	return mul(w.num, int64(d)), mul(v.num, int64(b)), b, d, g
}

// over is u/(b*d*g), for a u of [commonDenominator]: then u shares with b*d*g only what it shares with g
// (Knuth, The Art of Computer Programming, 4.5.1).
func (u uint128) over(b, d, g uint64) (Weight, error) {
	h := gcd(bits.Rem64(u.hi, u.lo, g), g)
	if u.hi >= h { // u/h >= 2^64
		return Weight{}, ErrOverflow
	}
	num, _ := bits.Div64(u.hi, u.lo, h)
	hi, den := bits.Mul64(b*(g/h), d) // b*g is a denominator
	return fit(hi, num, den)
}

// fit is the reduced num/den, unless it is too large; high holds what is above their 64 bits.
func fit(high, num, den uint64) (Weight, error) {
	if high != 0 || num|den > math.MaxInt64 {
		return Weight{}, ErrOverflow
	}
	return Weight{int64(num), int64(den) - 1}, nil
}

// gcd is the greatest common divisor of x and y; y > 0, and gcd(0, y) = y.
func gcd(x, y uint64) uint64 {
	for x != 0 {
		x, y = y%x, x
	}
	return y
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// number is the value of up to 19 decimal digits; 0 for none.
func number(digits string) (n uint64) {
	for _, c := range []byte(digits) {
		n = 10*n + uint64(c-'0')
	}
	return n
}

func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
