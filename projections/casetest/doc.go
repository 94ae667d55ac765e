// Package casetest tells stories for tests: a register is built command by command, as the rules of the domain decide it,
// and the Grand Est case is there ready made. What the case invents is marked illustrative.
package casetest
