// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

func refOf(d decision.Decision) entry.Ref {
	return entry.Ref{Kind: "decision", ID: d.File.ID, Digest: d.Digest}
}

// decisionActs are the forms of a decision, for who may send them.
func (r *request) decisionActs(d decision.Decision, st signoff.Status) []part {
	if r.site.Kind == Record {
		return nil
	}
	if r.person == "" {
		return []part{{title: "Sign here", id: "sign", note: "Nobody is signed in. Sign in to comment, to deliver or to sign."}}
	}
	var parts []part
	id := d.File.ID
	if d.Question != "" && !r.refusedQuestion(d) && d.Status != decision.Void {
		parts = append(parts, r.signing(d, st))
		for _, x := range st.Deliveries {
			if st.Approved && x.DeliveredSeq == 0 {
				parts = append(parts, part{title: "Deliver to " + r.roleTitle(x.Role), forms: []form{{id: x.Role, action: "/decisions/" + id + "/deliver", button: "I have put it before them", inputs: []input{{name: "role", kind: "hidden", value: x.Role}}}}})
			}
		}
	}
	return append(parts, part{title: "Say something about it", id: "comment", forms: []form{{
		action: "/decisions/" + id + "/review", title: "Comment, critique or challenge", folded: true, button: "Record it",
		hint: "The words are private: they can be withheld and erased. That you said something stays.",
		inputs: []input{
			{name: "kind", label: "What it is", kind: "pick", options: options("comment", "critique", "challenge", "feedback")},
			{name: "side", label: "You speak from", kind: "pick", options: []option{{"internal", "inside the organisation"}, {"external", "outside of it: never an endorsement"}}},
			{name: "role", label: "In which capacity", kind: "text", required: true, value: strings.Join(r.roles[:min(1, len(r.roles))], "")},
			{name: "text", label: "Your words", kind: "area", required: true},
			{name: "blocking", label: "Nothing may be decided until this is answered", kind: "tick"},
		}}}})
}

// signing is the part of the page in which a signature is given.
func (r *request) signing(d decision.Decision, st signoff.Status) part {
	p := part{title: "Sign here", id: "sign"}
	var roles []option
	for _, s := range st.Slots {
		if s.Seq == 0 && holds(r.roles, s.Role) {
			roles = append(roles, option{s.Role + "/approve", "as " + r.roleTitle(s.Role) + ": approve"}, option{s.Role + "/dissent", "as " + r.roleTitle(s.Role) + ": dissent, which refuses it for good"})
		}
	}
	for _, x := range st.Deliveries {
		if x.DeliveredSeq != 0 && x.Seq == 0 && holds(r.roles, x.Role) {
			roles = append(roles, option{x.Role + "/acknowledge", "as " + r.roleTitle(x.Role) + ": acknowledge that it was received"})
		}
	}
	if len(roles) == 0 {
		var want []string
		for _, role := range st.Wanted() {
			want = append(want, r.roleTitle(role))
		}
		p.note = "It waits for no signature of a role that you hold."
		if len(want) > 0 {
			p.note += " It waits for: " + strings.Join(want, ", ") + "."
		}
	}
	roles = append(roles, option{"/dissent", "from outside the signers: dissent, which is kept and shown"})
	role, as, _ := strings.Cut(roles[0].value, "/")
	p.lines = lines(
		"The signature is over the statement, which names the digest above, you, your role and your answer.",
		"What a signature on this page does not prove: that you saw what you signed. This page comes from the server, which could show another text. Compare the short code with the command line, or with another person's.",
		"A passkey may be synced between devices by whoever made it. It shows that the passkey was used, and not on which device.")
	verb := map[string]string{"approve": "sign", "dissent": "sign", "acknowledge": "acknowledge"}[as]
	rf := ""
	if role != "" {
		rf = " --role " + role
	} else {
		verb = "dissent"
	}
	p.exact = fmt.Sprintf(`# In a terminal of your own: see what you sign, then sign it.
holdpoint decision show %[1]s
holdpoint decision statement %[1]s%[2]s --answer %[3]s --as %[4]s > statement
ssh-keygen -Y sign -f KEY -n holdpoint statement
# Paste statement.sig below, or:
holdpoint decision %[5]s %[1]s%[2]s --signature statement.sig --as %[4]s`, d.File.ID, rf, as, r.person, verb)
	p.forms = []form{{
		action: "/decisions/" + d.File.ID + "/sign", id: "sign", title: "Paste a signature", button: "Sign",
		inputs: []input{
			{name: "digest", kind: "hidden", value: d.Digest},
			{name: "as", label: "You sign", kind: "pick", options: roles},
			{name: "note", label: "Words that are signed with it, and kept for ever", kind: "text", hint: "Leave it empty if the statement that you signed has none."},
			{name: "signature", label: "The signature", kind: "area", required: true, hint: "An armored SSH signature, or the base64 of an ed25519 signature over the statement's bytes."},
		}}}
	if r.passkeys() {
		p.script = "passkey.js"
	}
	return p
}

func holds(roles []string, role string) bool {
	for _, x := range roles {
		if x == role {
			return true
		}
	}
	return false
}

// completed names the key that made a signature: a passkey's answer names its
// credential, another signature is as SigningKey reads it.
func (r *request) completed(in signoff.Signing) (signoff.Signing, error) {
	w := r.moment.View.State.Access
	if app.IsAssertion([]byte(in.Signature)) {
		return app.WithAssertion(w, in, []byte(in.Signature))
	}
	if strings.HasPrefix(in.Signature, "-----BEGIN") {
		in.Signature += "\n"
	}
	key, err := app.SigningKey(w, in.Person, in.Signature)
	in.Key = key
	return in, err
}

// signDecision records a signature that was made elsewhere.
func signDecision(r *request) (answer, error) {
	d, err := r.moment.View.State.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	if r.person == "" {
		return answer{}, fault.Forbiddenf("nobody is signed in").Hinted("sign in, and send the form again")
	}
	role, as, ok := strings.Cut(r.PostFormValue("as"), "/")
	if !ok {
		return answer{}, fault.Invalidf("%q does not say in which role what is answered", r.PostFormValue("as"))
	}
	in := signoff.Signing{
		Question: d.Question, Role: role, Person: r.person, Answer: signoff.Answer(as), Note: r.PostFormValue("note"), Digest: r.PostFormValue("digest"),
		Signature: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("signature"), "\r\n", "\n")),
	}
	if in, err = r.completed(in); err != nil {
		return answer{}, err
	}
	act := app.Sign
	switch {
	case role == "":
		act = app.Dissent
	case in.Answer == signoff.Acknowledge:
		act = app.Acknowledge
	}
	_, err = r.do(act(in))
	return answer{to: "/decisions/" + d.File.ID + "#signers"}, err
}

func deliverDecision(r *request) (answer, error) {
	d, err := r.moment.View.State.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	_, err = r.do(app.Deliver(signoff.Delivering{Question: d.Question, Role: r.PostFormValue("role")}))
	return answer{to: "/decisions/" + d.File.ID + "#signers"}, err
}

func reviewDecision(r *request) (answer, error) {
	d, err := r.moment.View.State.Decision.Decision(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	done, err := r.do(app.SubmitReview(review.Submission{
		About: refOf(d), Kind: review.Kind(r.PostFormValue("kind")), Side: review.Side(r.PostFormValue("side")), Role: r.PostFormValue("role"),
		Blocking: r.PostFormValue("blocking") != "", Text: r.PostFormValue("text"),
	}))
	if err != nil {
		return answer{}, err
	}
	return answer{to: "/reviews/" + done.ID("review", 0)}, nil
}

func reviewPage(r *request) (answer, error) {
	v, err := r.moment.View.State.Review.Review(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	about := text(v.About.Kind + " " + v.About.ID)
	if v.About.Kind == "decision" || v.About.Kind == "assessment" {
		about.href = "/" + v.About.Kind + "s/" + v.About.ID
	}
	p := part{facts: []fact{
		{"About", about}, {"By", text(string(v.Side) + ", as " + v.Role)}, {"Recorded", text(instant(v.At)).proved(v.Seq)},
		{"Blocks", text(map[bool]string{true: "yes: nothing may be decided until it is answered", false: "no"}[v.Blocking])}, {"Said", text(or(r.reviewWords(v), "no words"))},
	}}
	if v.Open() {
		switch {
		case v.By == r.person && r.person != "":
			p.note = "It waits for an answer. Nobody answers their own."
		case r.hasDuty(policy.Propose):
			p.forms = []form{{action: "/reviews/" + v.ID + "/answer", title: "Answer it", button: "Answer", inputs: []input{
				{name: "outcome", label: "What follows from it", kind: "pick", options: []option{{"accepted", "accepted: it is or will be changed"}, {"rejected", "rejected: the disagreement stays and is shown"}, {"noted", "noted: nothing follows"}}},
				{name: "text", label: "Your words", kind: "area", required: true}}}}
		default:
			p.note = "It waits for an answer, which needs a role with the duty to propose."
		}
	}
	return sheetOf(r, answer{title: sentence(string(v.Kind)) + " " + v.ID, question: "What was said, and what was answered?", here: "/decisions"}, []part{p})
}

func answerReview(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.AnswerReview(review.Answering{Review: id, Outcome: review.Outcome(r.PostFormValue("outcome")), Text: r.PostFormValue("text")}))
	return answer{to: "/reviews/" + id}, err
}
