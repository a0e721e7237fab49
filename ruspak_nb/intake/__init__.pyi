from .adding import STATUSES as STATUSES
from .adding import add_articles as add_articles
from .adding import describe_added as describe_added
