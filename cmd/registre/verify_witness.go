package main

import (
	"fmt"
	"path/filepath"

	"registre/eventstore/archive"
	"registre/eventstore/witness"
)

// inWitness is where a finding lies that a witness has made.
const inWitness = "witness"

// takePolicy reads the policy. One that was named, and names one log, says whose the archive must be too.
func (v *verifying) takePolicy() (err error) {
	if v.policy, err = policyOf(v.a.policy, v.a.data); err != nil || v.policy == nil {
		return err
	}
	if v.a.policy != "" && v.public == "" && len(v.policy.Logs) == 1 {
		v.options.Key = v.policy.Logs[0].Key
	}
	return nil
}

// witnessed holds what was verified to the policy, and adds what witnesses have against it. That the quorum is missing is a
// finding where somebody named the policy: the house's own says whom it asks.
func (v *verifying) witnessed(answer *verifyAnswer) error {
	alarms, err := witness.ReadAlarms(filepath.Join(v.a.data, alarmsFile))
	if err != nil {
		return misuse("file-unreadable", filepath.Join(v.a.data, alarmsFile), err.Error())
	}
	for _, alarm := range alarms {
		answer.Findings = append(answer.Findings, witnessFinding("contradicted", alarm.Witness+", "+againstWhat(alarm)))
	}
	if answer.Witnessed != nil {
		told, err := cosignedUnder(v.policy, []byte(answer.Witnessed.Checkpoint))
		if err != nil {
			answer.Findings = append(answer.Findings, witnessFinding("no-cosign", err.Error()))
			answer.Witnessed = nil
			return nil
		}
		answer.Witnessed = told
	}
	if v.policy == nil || v.a.policy == "" || v.policy.Quorum == archive.NoQuorum {
		return nil
	}
	switch w := answer.Witnessed; {
	case w == nil:
		answer.Findings = append(answer.Findings, witnessFinding("no-quorum", fmt.Sprintf("0/%d (%s)", len(v.policy.Witnesses), v.policy.Quorum)))
	case !w.Met:
		answer.Findings = append(answer.Findings, witnessFinding("no-quorum", fmt.Sprintf("%d/%d (%s)", len(w.By), w.Of, w.Quorum)))
	}
	return nil
}

func witnessFinding(kind, cause string) foundThing {
	return foundThing{Cause: cause, Code: codeOf("found-" + kind), Copy: inWitness, Kind: kind}
}

// policyAndKey reads the policy that was named, and the house's public key: as it was given, or else as a named policy has it.
func (a *app) policyAndKey(public string) (*archive.Policy, archive.PublicKey, error) {
	policy, err := policyOf(a.policy, a.data)
	if err != nil {
		return nil, archive.PublicKey{}, err
	}
	if a.policy != "" && public == "" && len(policy.Logs) == 1 {
		return policy, policy.Logs[0].Key, nil
	}
	key, err := a.publicKey(public)
	return policy, key, err
}

// witnessedReceipt says who has cosigned what a receipt rests on. Where a policy was named its quorum must be met; the house's own is
// told of where there are cosignatures.
func witnessedReceipt(v *verified, policy *archive.Policy, r archive.Receipt, file string, named bool) error {
	if policy == nil {
		return nil
	}
	told, err := cosignedUnder(policy, r.Signed)
	if err != nil {
		return &Fault{Exit: exitDamage, Code: codeOf("receipt-fails"), Name: "receipt-fails", Subject: file, Detail: err.Error()}
	}
	if named && !told.Met {
		return &Fault{
			Exit: exitDamage, Code: codeOf("receipt-unwitnessed"), Name: "receipt-unwitnessed", Subject: file,
			Detail: fmt.Sprintf("%d/%d, %s", len(told.By), told.Of, told.Quorum),
		}
	}
	v.Witnessed = told
	return nil
}
