"""An app that uses every feature the local host claims; its side effects go to the file EFFECTS."""

import azure.durable_functions as df
import azure.functions as func
from entities import bp as entities
from http_routes import bp as http_routes
from rewound import bp as rewound

from activities import bp as activities
from orchestrators import bp as orchestrators

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
for blueprint in (activities, entities, http_routes, orchestrators, rewound):
    app.register_functions(blueprint)
