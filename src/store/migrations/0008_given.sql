-- Whoever gave us an object never gets it back: asked for each object of an order.

CREATE INDEX object_given ON object (object_id) WHERE giver <> '';
