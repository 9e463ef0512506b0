import time, cProfile, pstats
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.world import make_world
from tests.api.client import api_for
@pytest.mark.django_db
def test_speed():
    w = make_world(); ana = api_for(w.ana); t = w.article.text
    def body(i,j): return {"article": str(w.article.id),"kind":"cue","segments":[[i,j]],"exact":[t[i:j]]}
    pairs=[(i,j) for i in range(0,60) for j in range(i+1,i+12) if t[i]!=' ' and t[i:j].strip()]
    with CaptureQueriesContext(connection) as c: ana.post("annotations/", body(*pairs[0]))
    for q in c: print(q["sql"][:150], q["time"])
    pr=cProfile.Profile()
    s=time.perf_counter()
    for p in pairs[1:201]: assert ana.post("annotations/", body(*p)).status_code==201
    print("create ms", (time.perf_counter()-s)/200*1000)
    pr.enable()
    for p in pairs[201:301]: ana.post("annotations/", body(*p))
    pr.disable()
    s=time.perf_counter()
    for _ in range(20): ana.get("annotations/")
    print("list ms", (time.perf_counter()-s)/20*1000)
    with CaptureQueriesContext(connection) as c: ana.get("annotations/")
    for q in c: print(q["sql"][:150], q["time"])
    pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
