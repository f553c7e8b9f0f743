// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

type identityCmd struct {
	Link   identityLink   `cmd:"" help:"Say which subject of a sign-in provider a person is; nobody comes in by a provider without it."`
	List   identityList   `cmd:"" help:"List who is linked to which subject."`
	Unlink identityUnlink `cmd:"" help:"Forget a link, and sign the person out."`
}

type identityLink struct {
	Person  string `arg:"" help:"Who."`
	Issuer  string `required:"" placeholder:"URL" sep:"none" help:"The provider's issuer, as a refused sign-in says it."`
	Subject string `required:"" placeholder:"SUBJECT" sep:"none" help:"The subject there: an id that the provider never gives to somebody else, not an address."`
}

func (c identityLink) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	if err := g.Link(s.ctx, c.Person, c.Issuer, c.Subject); err != nil {
		return err
	}
	return s.named(c.Person, "signs in as this subject of "+c.Issuer+" from now on")
}

type identityUnlink struct {
	Person  string `arg:"" help:"Who."`
	Issuer  string `required:"" placeholder:"URL" sep:"none" help:"The provider's issuer."`
	Subject string `required:"" placeholder:"SUBJECT" sep:"none" help:"The subject there."`
}

func (c identityUnlink) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	if err := g.Unlink(s.ctx, c.Person, c.Issuer, c.Subject); err != nil {
		return err
	}
	return s.named(c.Person, "is not linked to this subject any more, and is signed out")
}

type identityList struct {
	Person string `arg:"" optional:"" help:"Whose; everybody's if not given."`
}

// identity is a link in JSON.
type identity struct {
	Person  string  `json:"person"`
	Issuer  string  `json:"issuer"`
	Subject string  `json:"subject"`
	Linked  instant `json:"linked"`
}

func (c identityList) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	found, err := g.Links(s.ctx, c.Person)
	if err != nil {
		return err
	}
	all, rows := []identity{}, [][]string{{"PERSON", "ISSUER", "SUBJECT", "SINCE"}}
	for _, i := range found {
		all = append(all, identity{i.Actor, i.Issuer, i.Subject, instant(i.Linked)})
		rows = append(rows, []string{i.Actor, i.Issuer, i.Subject, instant(i.Linked).String()})
	}
	if s.JSON {
		return s.print(struct {
			Identities []identity `json:"identities"`
		}{all})
	}
	if len(all) == 0 {
		s.note("nobody is linked: holdpoint identity link PERSON --issuer URL --subject SUBJECT")
		return nil
	}
	s.grid(rows)
	return nil
}
