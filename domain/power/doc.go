// Package power counts how often a member decides: the indices of Banzhaf and of Shapley and Shubik, exactly. It is pure.
//
// A Game is a list of players and some conditions that must all hold for a coalition to win: that its members hold together
// at least, or more than, so many voices; that they are so many (heads: every one counts 1); that the others cannot block. A
// casting vote is half a unit more for who holds it, where more than a whole number of units is asked for (Condition.BrokenBy).
// Whoever joins a winning coalition leaves it winning. A player is critical in a coalition that wins with it and loses
// without it; that coalition is one of its swings.
//
//	Banzhaf(i)  its swings / the swings of all          normalised: they sum to 1
//	Shapley(i)  of all orders in which the players can join, the share in which i is the one that makes the coalition win
//
// Sources: J. F. Banzhaf, Weighted voting doesn't work: a mathematical analysis, Rutgers Law Review 19 (1965), 317–343;
// L. S. Shapley and M. Shubik, A method for evaluating the distribution of power in a committee system, American Political
// Science Review 48 (1954), 787–792.
//
// # Guarantees
//
// Nothing is sampled or rounded: counts are whole numbers up to 2^255, indices fractions. For all games,
//
//	Σ Banzhaf = 1, Σ Shapley = 1
//	players with the same weights have the same power, and one with more in every condition has no less
//	weights and quota multiplied by one number change nothing
//
// # How it counts
//
// A coalition wins as long as not too much stays out of it: in each condition, those outside hold at most what can be spared,
// the total less what it takes. So the sets of outsiders are counted, by a generating function: the number of sets of r
// players that hold exactly s₁, s₂ … is the coefficient of y^r x₁^s₁ x₂^s₂ … in the product, over all players, of
// (1 + y x₁^w₁ x₂^w₂ …), cut off at what can be spared. The heads are counted by y, which Shapley's index needs anyhow: a
// condition on them costs nothing. One player is taken out by dividing by its factor, of which only the coefficients that are
// asked for are worked out; nothing is multiplied anew.
//
// The method is that of J. M. Bilbao, J. R. Fernández, A. Jiménez Losada and J. J. López, Generating functions for computing
// power indices efficiently, TOP 8 (2000), 191–213.
//
// Where the weights are so fine that the table of coefficients would be too large, and the players few (or many of them alike),
// coalitions are gone through one by one, those that differ only in like players together. Where neither can be done the answer
// is a *TooLargeError that says so.
package power
