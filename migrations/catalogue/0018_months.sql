-- A sitemap's months are those of the site's time zone: an article at the turn of a month in UTC may belong to either.
INSERT OR IGNORE INTO months
  SELECT strftime('%Y-%m', a.published_at / 1000.0 + zone.value, 'unixepoch') || coalesce('-' || nullif(a.id / 50000 + 1, 1), ''),
    max(a.revised_at)
  FROM articles a CROSS JOIN json_each('[50400, -43200]') zone
  WHERE a.live = 1 AND a.kind = 'article' AND a.published_at IS NOT NULL GROUP BY 1;
