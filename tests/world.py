"""The cast of the tests: Ana analyses, Rui reviews, Adi administers, Vic views, Zoe is an outsider.

One project holds one short article. Everything is made through the services.
"""

from dataclasses import dataclass

from annotations.models import Annotation, Article, Link, Outlet, Party, Project
from annotations.queries.access import Actor
from annotations.rules.kinds import Kind
from annotations.rules.links import LinkType
from annotations.rules.permissions import Role
from tests.factories import join, make_actor, make_article, make_member, make_outlet, make_party, make_project, tag

TEXT = (
    "“We hold the northern bridge,” the army said on Monday. “Nobody has crossed it since dawn.”\n\n"
    "The rebels denied it. The mayor told reporters that two houses had burned.\n"
)
QUOTE = ("“We hold the northern bridge,”", "“Nobody has crossed it since dawn.”")
CLAIM = "We hold the northern bridge"
DENIAL = "denied it"
ARMY = "the army"
REBELS = "The rebels"
MAYOR = "The mayor"
HOUSES = "two houses had burned"

PASSWORD = "a long enough password"


@dataclass(slots=True)
class World:
    """Five people, one project, its article, outlet and two parties."""

    ana: Actor
    rui: Actor
    adi: Actor
    vic: Actor
    zoe: Actor
    project: Project
    outlet: Outlet
    article: Article
    army: Party
    rebels: Party


@dataclass(slots=True)
class Case:
    """The article's linked case as Ana drafts it: a quote, its speaker, its claim, and the denial of it."""

    quote: Annotation
    speaker: Annotation
    claim: Annotation
    denial: Annotation
    denier: Annotation
    links: tuple[Link, ...]

    @property
    def records(self) -> tuple[Annotation | Link, ...]:
        """All records, annotations first."""
        return (self.speaker, self.denier, self.quote, self.claim, self.denial, *self.links)


def make_world(*, with_passwords: bool = False, visibility: str = "shared") -> World:
    """Make the cast and the project; passwords only for those who sign in through the page."""
    password = PASSWORD if with_passwords else None
    ana, rui, adi, vic, zoe = (make_actor(name, password=password) for name in ("ana", "rui", "adi", "vic", "zoe"))
    project = make_project(adi, name="Northern bridge", settings={"visibility": visibility})
    make_member(adi, project, ana, Role.ANALYST)
    make_member(adi, project, rui, Role.REVIEWER)
    make_member(adi, project, vic, Role.VIEWER)
    outlet = make_outlet(adi, project, "The Daily Bridge", country="Nowhere")
    article = make_article(
        adi, project, TEXT, title="Both sides claim the bridge", outlet=outlet.id, url="https://example.org/bridge"
    )
    return World(
        ana=ana,
        rui=rui,
        adi=adi,
        vic=vic,
        zoe=zoe,
        project=project,
        outlet=outlet,
        article=article,
        army=make_party(adi, project, "Army", entity_type="organisation", actor_type="state_forces"),
        rebels=make_party(adi, project, "Rebels", actor_type="rebel_group"),
    )


def make_case(world: World, author: Actor | None = None) -> Case:
    """Draft the linked case, by Ana or by somebody else."""
    actor, article = author or world.ana, world.article
    quote = tag(actor, article, Kind.QUOTE, *QUOTE)
    speaker = tag(actor, article, Kind.PARTY, ARMY, parties=(world.army.id,))
    claim = tag(actor, article, Kind.CLAIM, CLAIM, attributes={"topic": "territorial_control"})
    denial = tag(
        actor, article, Kind.COUNTERCLAIM, DENIAL, attributes={"paraphrase": "The army does not hold the bridge."}
    )
    denier = tag(actor, article, Kind.PARTY, REBELS, parties=(world.rebels.id,))
    links = (
        join(actor, LinkType.SPEAKER, quote, speaker),
        join(actor, LinkType.EXPRESSES, quote, claim),
        join(actor, LinkType.CLAIMANT, claim, speaker),
        join(actor, LinkType.CLAIMANT, denial, denier),
        join(actor, LinkType.DISPUTES, denial, claim, mode="rebuts"),
    )
    return Case(quote, speaker, claim, denial, denier, links)
