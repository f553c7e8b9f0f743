// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

type decisionCmd struct {
	Propose     decisionPropose     `cmd:"" help:"Write a decision file and put it to the policy's signers."`
	Show        decisionShow        `cmd:"" help:"Show what is asked, what it rests on, what is not shown, who signed, and what it waits for."`
	List        decisionList        `cmd:"" help:"List decisions."`
	Statement   decisionStatement   `cmd:"" help:"Print the exact bytes that a person has to sign."`
	Sign        decisionSign        `cmd:"" help:"Record a signed approval or dissent in a role."`
	Dissent     decisionDissent     `cmd:"" help:"Record the signed dissent of somebody who is not asked to sign."`
	Deliver     decisionDeliver     `cmd:"" help:"Record that an approved decision was put before a recipient."`
	Acknowledge decisionAcknowledge `cmd:"" help:"Record a recipient's signed receipt."`
	Attest      decisionAttest      `cmd:"" help:"Say that a condition of a decision is met, or that an event under which it lapses has happened."`
	Void        decisionVoid        `cmd:"" help:"Take a proposal back."`
	Reverse     decisionReverse     `cmd:"" help:"End a decision because a later one says so."`
}

type decisionPropose struct {
	File          string   `arg:"" optional:"" help:"The proposal in YAML; flags add to it."`
	Kind          string   `placeholder:"KIND" enum:",determination,safeguards,lift_hold" default:"" help:"determination, safeguards or lift_hold."`
	Title         string   `placeholder:"TEXT" help:"One sentence that says what is asked."`
	Model         string   `placeholder:"M" help:"The model that is determined."`
	Assessment    string   `placeholder:"ID" help:"The assessment that it rests on."`
	Determine     []string `sep:"none" placeholder:"T=OUTCOME:REASON" help:"A threshold, its outcome (such as ruled_out) and why; may be given again."`
	Report        string   `placeholder:"ID" help:"The Safeguards Report to approve."`
	Hold          string   `placeholder:"ID" help:"The hold to lift."`
	HighStakes    bool     `help:"Feedback from inside and outside is needed before it takes effect."`
	Precautionary bool     `help:"Decided out of caution and not on what was found."`
	Provisional   bool     `help:"To be reviewed by --review-by."`
	ReviewBy      string   `placeholder:"DAY" help:"The last day on which it counts without review."`
	Condition     []string `sep:"none" placeholder:"ID=TEXT" help:"Something that must stay true; may be given again."`
	LapsesOn      []string `sep:"none" placeholder:"ID[@DAY]=TEXT" help:"A day or event that ends it; may be given again."`
	Alternatives  string   `placeholder:"TEXT" help:"What else was considered."`
}

// Help is what --help adds.
func (decisionPropose) Help() string {
	return `What the decision rests on, and what it leaves open, is gathered from the journal and not from its author. A file looks like this:

  kind: determination
  title: Is aster-2 below the thresholds?
  model: aster-2
  assessment: assessment-20
  determinations:
    - {threshold: CBRN-3, outcome: ruled_out, reason: far below in every bottleneck}
    - {threshold: AUTO-CKPT, outcome: ruled_out, reason: solves none of the long tasks}
  conditions:
    - {id: no-tools, text: it is offered without tools}
  lapses_on:
    - {id: winter, text: the next generation is trained, day: 2026-12-31}`
}

// proposal is a proposal as a file has it.
type proposal struct {
	Kind           policy.DecisionKind      `json:"kind"`
	Title          string                   `json:"title"`
	Model          string                   `json:"model"`
	Assessment     string                   `json:"assessment"`
	Determinations []decision.Determination `json:"determinations"`
	Report         string                   `json:"report"`
	Hold           string                   `json:"hold"`
	Interim        *decision.Interim        `json:"interim"`
	Restriction    *decision.Restriction    `json:"restriction"`
	Baseline       *decision.Baseline       `json:"baseline"`
	Exemption      *decision.Exemption      `json:"exemption"`
	Ruling         *decision.Ruling         `json:"ruling"`
	HighStakes     bool                     `json:"high_stakes"`
	Precautionary  bool                     `json:"precautionary"`
	Provisional    bool                     `json:"provisional"`
	ReviewBy       deadline.Day             `json:"review_by"`
	Conditions     []decision.Condition     `json:"conditions"`
	LapsesOn       []decision.Lapse         `json:"lapses_on"`
	Alternatives   string                   `json:"alternatives"`
}

func (c decisionPropose) Run(s *session) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	return s.propose(in)
}

func (c decisionPropose) input() (decision.ProposeIn, error) {
	var p proposal
	if c.File != "" {
		if err := readYAML(c.File, &p); err != nil {
			return decision.ProposeIn{}, err
		}
	}
	for _, f := range []struct {
		flag string
		into *string
	}{{c.Kind, (*string)(&p.Kind)}, {c.Title, &p.Title}, {c.Model, &p.Model}, {c.Assessment, &p.Assessment}, {c.Report, &p.Report},
		{c.Hold, &p.Hold}, {c.ReviewBy, (*string)(&p.ReviewBy)}, {c.Alternatives, &p.Alternatives}} {
		if f.flag != "" {
			*f.into = f.flag
		}
	}
	p.HighStakes, p.Precautionary, p.Provisional = p.HighStakes || c.HighStakes, p.Precautionary || c.Precautionary, p.Provisional || c.Provisional
	if err := c.lists(&p); err != nil {
		return decision.ProposeIn{}, err
	}
	if p.Kind == "" {
		return decision.ProposeIn{}, fault.Usagef("a proposal says what kind of decision it is").Hinted("give a file, or --kind determination, safeguards or lift_hold")
	}
	return titled(decision.ProposeIn(p)), checkDays(p)
}

// titled puts the question in a sentence where its author did not.
func titled(in decision.ProposeIn) decision.ProposeIn {
	if in.Title != "" {
		return in
	}
	switch in.Kind {
	case policy.DecideLiftHold:
		in.Title = "Shall " + in.Hold + " be lifted?"
	case policy.DecideSafeguards:
		in.Title = "Are the safeguards of " + in.Report + " shown to be in force?"
	case policy.DecideDetermination:
		in.Title = "Where does " + in.Model + " stand against the thresholds?"
	}
	return in
}

func checkDays(p proposal) error {
	days := []deadline.Day{p.ReviewBy}
	for _, l := range p.LapsesOn {
		days = append(days, l.Day)
	}
	for _, d := range days {
		if d == "" {
			continue
		}
		if _, err := deadline.ParseDay(string(d)); err != nil {
			return fault.Usagef("%q is not a day", string(d)).Hinted("write it as 2025-05-22")
		}
	}
	return nil
}

func (c decisionPropose) lists(p *proposal) error {
	dets, err := determinationsOf(c.Determine)
	if err != nil {
		return err
	}
	p.Determinations = append(p.Determinations, dets...)
	for _, c := range c.Condition {
		id, words, err := pair("--condition", c)
		if err != nil {
			return err
		}
		p.Conditions = append(p.Conditions, decision.Condition{ID: id, Text: words})
	}
	for _, l := range c.LapsesOn {
		id, words, err := pair("--lapses-on", l)
		if err != nil {
			return err
		}
		id, day, _ := strings.Cut(id, "@")
		p.LapsesOn = append(p.LapsesOn, decision.Lapse{ID: id, Text: words, Day: deadline.Day(day)})
	}
	return nil
}

// determinationsOf reads THRESHOLD=OUTCOME:REASON.
func determinationsOf(flags []string) ([]decision.Determination, error) {
	var dets []decision.Determination
	for _, d := range flags {
		threshold, rest, ok := strings.Cut(d, "=")
		outcome, reason, _ := strings.Cut(rest, ":")
		if !ok || threshold == "" || outcome == "" {
			return nil, fault.Usagef("--determine %q does not say THRESHOLD=OUTCOME:REASON", d).Hinted("for example --determine 'CBRN-3=ruled_out:far below in every bottleneck'")
		}
		dets = append(dets, decision.Determination{Threshold: threshold, Outcome: decision.Outcome(outcome), Reason: strings.TrimSpace(reason)})
	}
	return dets, nil
}

// pair reads ID=TEXT.
func pair(flag, s string) (id, words string, err error) {
	id, words, ok := strings.Cut(s, "=")
	if !ok || id == "" || strings.TrimSpace(words) == "" {
		return "", "", fault.Usagef("%s %q does not say ID=TEXT", flag, s).Hinted("for example %s 'acquisition=getting hold of the material'", flag)
	}
	return id, strings.TrimSpace(words), nil
}

// propose puts a proposal to the signers and says what comes next.
func (s *session) propose(in decision.ProposeIn) error {
	done, err := s.act(app.Propose(in))
	if err != nil {
		return err
	}
	id := done.ID("decision", 0)
	d, err := done.View.State.Decision.Decision(id)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			acted
			Code     string   `json:"code"`
			Digest   string   `json:"digest"`
			Question string   `json:"question"`
			WaitsFor []string `json:"waits_for"`
			NotShown []string `json:"not_shown"`
		}{actedOf(id, done), d.Code(), d.Digest, d.Question, waits(done.View.State, d), d.File.NotShown})
	}
	s.say("%s is proposed: %s (%s)", id, printable(d.File.Title), entriesOf(done))
	s.say("code %s, digest %s", d.Code(), d.Digest)
	for _, n := range d.File.NotShown {
		s.wrapped("  not shown: ", n)
	}
	s.next(done.View.State, d)
	return nil
}

type decisionStatement struct {
	ID     string `arg:"" help:"The decision."`
	Role   string `placeholder:"R" help:"The role that is acted in; none for a dissent from outside."`
	Answer string `required:"" enum:"approve,dissent,acknowledge" help:"approve, dissent or acknowledge."`
	Note   string `placeholder:"TEXT" help:"Words that are signed with it and kept for ever."`
	RPID   string `name:"rp-id" placeholder:"HOST" help:"Print what a page of this relying party needs to sign it with a passkey, instead of the bytes."`
}

// Help is what --help adds.
func (decisionStatement) Help() string {
	return "Prints the bytes without a line end, so that they can go straight into a file. With an SSH key: holdpoint decision " +
		"statement ID --role R --answer approve > s; ssh-keygen -Y sign -f KEY -n holdpoint s; holdpoint decision sign ID --role R --signature s.sig. With --rp-id it prints the options that a page gives to navigator.credentials.get, whose answer, as " +
		"credential.toJSON() gives it, is such a signature too. The short code of the decision goes to standard error."
}

func (c decisionStatement) Run(s *session) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	w := m.View.State
	d, err := asked(w.Decision, c.ID)
	if err != nil {
		return err
	}
	person, err := s.signerOf(w, c.Role)
	if err != nil {
		return err
	}
	s.note("%s has the code %s", c.ID, d.Code())
	if c.RPID != "" {
		req, err := app.AskPasskey(w, app.PasskeyAsk{RP: c.RPID, Decision: c.ID, Role: c.Role, Person: person, Answer: signoff.Answer(c.Answer), Note: c.Note})
		if err != nil {
			return err
		}
		return s.print(req.Options)
	}
	b, err := w.Signoff.Statement(signoff.Signing{Question: d.Question, Role: c.Role, Person: person, Answer: signoff.Answer(c.Answer), Note: c.Note})
	if err != nil {
		return err
	}
	_, err = s.out.Write(b)
	return err
}

// asked gives a decision that was put to signers here.
func asked(ds decision.State, id string) (decision.Decision, error) {
	d, err := ds.Decision(id)
	if err == nil && d.Question == "" {
		return d, fault.Conflictf("%s is reported by a source; nobody is asked to sign it here", id)
	}
	return d, err
}

// Help is what --help adds.
func (decisionSign) Help() string {
	return "Give --role with one of two: --key FILE, the signer's private key here; or --signature FILE, a signature made elsewhere " +
		"over the bytes of holdpoint decision statement. A dissent in a role refuses the question for good."
}

type decisionSign struct {
	ID     string `arg:"" help:"The decision."`
	Role   string `required:"" placeholder:"R" help:"The role that is signed in."`
	Answer string `enum:"approve,dissent" default:"approve" help:"approve (if not given) or dissent, which refuses for good."`
	Note   string `placeholder:"TEXT" help:"Words that are signed with it and kept for ever."`
	signer `embed:""`
}

func (c decisionSign) Run(s *session) error {
	in := signoff.Signing{Role: c.Role, Answer: signoff.Answer(c.Answer), Note: c.Note}
	return s.signs(c.ID, c.signer, in, app.Sign)
}

// signs carries out a signed act on a decision and says what comes next.
func (s *session) signs(id string, by signer, in signoff.Signing, as func(signoff.Signing) app.Intent) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	w := m.View.State
	d, err := asked(w.Decision, id)
	if err != nil {
		return err
	}
	if err := notRefused(w, d); err != nil {
		return err
	}
	in.Question = d.Question
	if in, err = by.sign(s, w, in); err != nil {
		return aboutDecision(err, w, d)
	}
	done, err := s.act(as(in))
	if err != nil {
		return aboutDecision(err, w, d)
	}
	what := in.Person + " signed " + string(in.Answer) + " on " + id
	if in.Role != "" {
		what += " as " + in.Role
	}
	return s.moved(id, done, what)
}

// moved reports an act on a decision together with how it stands now.
func (s *session) moved(id string, done app.Done, what string) error {
	w := done.View.State
	d, err := w.Decision.Decision(id)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			acted
			Status   string   `json:"status"`
			WaitsFor []string `json:"waits_for"`
		}{actedOf(id, done), statusOf(w, d), waits(w, d)})
	}
	if err := s.done(id, done, what); err != nil {
		return err
	}
	s.next(w, d)
	return nil
}

type decisionDissent struct {
	ID     string `arg:"" help:"The decision."`
	Note   string `placeholder:"TEXT" help:"Why; it is signed and kept for ever."`
	signer `embed:""`
}

func (c decisionDissent) Run(s *session) error {
	return s.signs(c.ID, c.signer, signoff.Signing{Answer: signoff.Disapprove, Note: c.Note}, app.Dissent)
}

type decisionDeliver struct {
	ID   string `arg:"" help:"The decision; it must be approved."`
	Role string `arg:"" help:"The recipient's role, such as board."`
}

func (c decisionDeliver) Run(s *session) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	d, err := asked(m.View.State.Decision, c.ID)
	if err != nil {
		return err
	}
	w := m.View.State
	if err := notRefused(w, d); err != nil {
		return err
	}
	done, err := s.act(app.Deliver(signoff.Delivering{Question: d.Question, Role: c.Role}))
	if err != nil {
		return aboutDecision(err, w, d)
	}
	return s.moved(c.ID, done, c.ID+" is delivered to "+c.Role)
}

type decisionAcknowledge struct {
	ID     string `arg:"" help:"The decision; it must have been delivered."`
	Role   string `required:"" placeholder:"R" help:"The recipient's role."`
	signer `embed:""`
}

func (c decisionAcknowledge) Run(s *session) error {
	return s.signs(c.ID, c.signer, signoff.Signing{Role: c.Role, Answer: signoff.Acknowledge}, app.Acknowledge)
}

type decisionAttest struct {
	ID        string `arg:"" help:"The decision."`
	Condition string `arg:"" help:"The id of the condition or event."`
	Met       bool   `xor:"word" required:"" help:"It is met, or has happened."`
	NotMet    bool   `xor:"word" required:"" help:"It is not met, or has not happened."`
	Until     string `placeholder:"DAY" help:"The last day for which this is said."`
	Note      string `required:"" placeholder:"TEXT" help:"What it rests on, in a sentence."`
}

func (c decisionAttest) Run(s *session) error {
	if c.Until != "" {
		if _, err := deadline.ParseDay(c.Until); err != nil {
			return fault.Usagef("--until %q is not a day", c.Until).Hinted("write it as 2025-05-22")
		}
	}
	done, err := s.act(app.Attest(decision.AttestedV1{Decision: c.ID, Condition: c.Condition, Met: c.Met, Until: deadline.Day(c.Until), Note: c.Note}))
	if err != nil {
		return err
	}
	word := "met"
	if !c.Met {
		word = "not met"
	}
	return s.moved(c.ID, done, c.Condition+" of "+c.ID+" is "+word)
}

type decisionVoid struct {
	ID     string `arg:"" help:"The proposal."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
}

func (c decisionVoid) Run(s *session) error {
	done, err := s.act(app.Void(c.ID, c.Reason))
	if err != nil {
		return err
	}
	return s.moved(c.ID, done, c.ID+" is taken back")
}

type decisionReverse struct {
	ID     string `arg:"" help:"The decision that ends."`
	By     string `required:"" placeholder:"ID" help:"The later decision, in effect, that says so."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
}

func (c decisionReverse) Run(s *session) error {
	done, err := s.act(app.Reverse(c.ID, c.By, c.Reason))
	if err != nil {
		return err
	}
	return s.moved(c.ID, done, c.ID+" is reversed by "+c.By)
}
