// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

type restrictCmd struct {
	Propose   restrictionPropose   `cmd:"" help:"Propose to the policy's signers that something is limited, locked, paused, withdrawn or deleted."`
	Sign      decisionSign         `cmd:"" help:"Record a signed approval or dissent in a role; the same as decision sign."`
	Execute   restrictionExecute   `cmd:"" help:"Record that you have carried a restriction out."`
	Verify    restrictionVerify    `cmd:"" help:"Record that you have seen that another person carried it out."`
	Lift      restrictionLift      `cmd:"" help:"Record that a restriction no longer stands."`
	List      restrictionList      `cmd:"" help:"List restrictions, and how far they are."`
	Responses restrictionResponses `cmd:"" help:"List who must answer for what is live and held, and by when."`
}

type restrictionPropose struct {
	File        string   `arg:"" optional:"" help:"The proposal in YAML; flags add to it."`
	Kind        string   `placeholder:"KIND" help:"limit_access, block_domain, halt_new_customers, lock_weights, pause_training, withdraw or delete_weights."`
	Title       string   `placeholder:"TEXT" help:"One sentence that says what is asked."`
	Model       string   `placeholder:"M" help:"The model that is restricted."`
	Snapshot    []string `placeholder:"S" help:"A snapshot that it is about; all of them if none is given; may be given again."`
	Env         string   `aliases:"environment" placeholder:"E" help:"Where; everywhere if not given."`
	Reason      string   `placeholder:"TEXT" help:"Why, in a sentence."`
	Replacement string   `placeholder:"M" help:"withdraw: the model that takes over; it must be clear there."`
	Resume      []string `sep:"none" placeholder:"TEXT" help:"pause_training: something that must be so before it goes on; may be given again."`
	Notice      string   `placeholder:"TEXT" help:"pause_training: what those who wait for it are told."`
	Copy        []string `sep:"none" placeholder:"SNAPSHOT=LOCATION" help:"delete_weights: a copy of the weights; every copy is listed."`
	Response    string   `placeholder:"ID" help:"The response that this gives."`
}

// Help is what --help adds.
func (restrictionPropose) Help() string {
	return `To stop something at once, nothing has to be proposed: holdpoint hold place, or holdpoint model withdraw. A file looks like this:

  kind: withdraw
  model: aster-2
  environment: production
  reason: the standard that it needs has lapsed and cannot be renewed in time
  replacement: aster-1

  kind: delete_weights
  model: aster-2
  reason: it surpassed every safeguard that we have
  copies:
    - {snapshot: final, sha256: DIGEST, location: vault-1}`
}

// restrictionFile is a proposal as a file has it.
type restrictionFile struct {
	Title                string               `json:"title"`
	ReviewBy             deadline.Day         `json:"review_by"`
	Conditions           []decision.Condition `json:"conditions"`
	LapsesOn             []decision.Lapse     `json:"lapses_on"`
	Alternatives         string               `json:"alternatives"`
	decision.Restriction `json:",inline"`
}

func (c restrictionPropose) Run(s *session) error {
	var f restrictionFile
	if c.File != "" {
		if err := readYAML(c.File, &f); err != nil {
			return err
		}
	}
	if err := c.add(s, &f); err != nil {
		return err
	}
	if f.Kind == "" || f.Model == "" {
		return fault.Usagef("a restriction says of which kind it is, and which model it is about").Hinted("give a file, or --kind and --model")
	}
	if f.Title == "" {
		f.Title = "Shall " + f.Model + " be restricted (" + f.Kind.Words() + ")?"
	}
	if err := checkDays(proposal{ReviewBy: f.ReviewBy, LapsesOn: f.LapsesOn}); err != nil {
		return err
	}
	return s.propose(decision.ProposeIn{
		Kind: policy.DecideRestriction, Title: f.Title, Restriction: &f.Restriction, ReviewBy: f.ReviewBy,
		Conditions: f.Conditions, LapsesOn: f.LapsesOn, Alternatives: f.Alternatives,
	})
}

// add puts the flags over what the file says.
func (c restrictionPropose) add(s *session, f *restrictionFile) error {
	for _, v := range []struct {
		flag string
		into *string
	}{{c.Kind, (*string)(&f.Kind)}, {c.Title, &f.Title}, {c.Model, &f.Model}, {c.Env, &f.Environment}, {c.Reason, &f.Reason},
		{c.Replacement, &f.Replacement}, {c.Notice, &f.Notice}, {c.Response, &f.Response}} {
		if v.flag != "" {
			*v.into = v.flag
		}
	}
	f.Snapshots, f.Resume = append(f.Snapshots, c.Snapshot...), append(f.Resume, c.Resume...)
	if len(c.Copy) == 0 {
		return nil
	}
	_, m, err := s.now()
	if err != nil {
		return err
	}
	for _, one := range c.Copy {
		snapshot, location, ok := strings.Cut(one, "=")
		if !ok || snapshot == "" || location == "" {
			return fault.Usagef("--copy %q does not say SNAPSHOT=LOCATION", one).Hinted("for example --copy final=vault-1")
		}
		known, _ := m.View.State.Model.Snapshot(f.Model, snapshot)
		f.Copies = append(f.Copies, decision.Copy{Snapshot: snapshot, SHA256: known.Weights, Location: location})
	}
	return nil
}

type restrictionExecute struct {
	ID          string   `arg:"" help:"The restriction, such as restriction-57."`
	Statement   string   `required:"" placeholder:"TEXT" help:"What was done, in a sentence."`
	Certificate []string `sep:"none" placeholder:"LOCATION=FILE" help:"delete_weights: the document that certifies that the copy there is gone; one for every copy."`
}

func (c restrictionExecute) Run(s *session) error {
	in := restriction.Executed{Restriction: c.ID, Statement: c.Statement}
	for _, one := range c.Certificate {
		location, file, ok := strings.Cut(one, "=")
		if !ok || location == "" || file == "" {
			return fault.Usagef("--certificate %q does not say LOCATION=FILE", one).Hinted("for example --certificate vault-1=certificate.pdf")
		}
		if _, err := os.Stat(file); err != nil {
			return fault.NotFoundf("there is no such file").At("%s", clipped(file))
		}
		doc, err := s.document(file)
		if err != nil {
			return err
		}
		in.Certificates = append(in.Certificates, restriction.Certificate{Location: location, Document: *doc})
	}
	done, err := s.act(app.ExecuteRestriction(in))
	if err != nil {
		return err
	}
	if !s.JSON {
		s.note("another named person verifies it: holdpoint restriction verify %s --statement TEXT --as PERSON", c.ID)
	}
	return s.done(c.ID, done, c.ID+" is carried out")
}

type restrictionVerify struct {
	ID        string `arg:"" help:"The restriction."`
	Statement string `required:"" placeholder:"TEXT" help:"What you looked at and saw, in a sentence."`
}

func (c restrictionVerify) Run(s *session) error {
	done, err := s.act(app.VerifyRestriction(restriction.Verified{Restriction: c.ID, Statement: c.Statement}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is verified")
}

type restrictionLift struct {
	ID         string `arg:"" help:"The restriction."`
	Reason     string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	PostMortem string `placeholder:"TEXT" help:"What was learned, and what is changed; halt_new_customers and lock_weights are lifted with it only."`
}

// Help is what --help adds.
func (restrictionLift) Help() string {
	return "A restriction that placed a hold is lifted with the hold, which the policy's signers decide: holdpoint hold lift HOLD."
}

func (c restrictionLift) Run(s *session) error {
	done, err := s.act(app.LiftRestriction(restriction.Lifted{Restriction: c.ID, Reason: c.Reason, PostMortem: c.PostMortem}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is lifted")
}
