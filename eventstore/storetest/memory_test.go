package storetest_test

import (
	"testing"

	"registre/eventstore"
	"registre/eventstore/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Registers {
		memory := eventstore.NewMemory()
		return storetest.Registers{Shared: true, Open: func(*testing.T) eventstore.Store { return memory.Handle() }}
	})
}
