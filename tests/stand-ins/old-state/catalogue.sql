-- The catalogue's rows as commit 9ffcffa wrote them: recorded from a run of it, and not to be edited.

DELETE FROM site;

INSERT INTO site (id, created_at) VALUES
('270234f6b73d338d', 1795917137964);

INSERT INTO articles (id, path, revision, live, digest, language, region, country, title, summary, published_at, updated_at, expires_at, access, gated, division, open_hash, members_hash, details, translation_group, revised_at, revised_by) VALUES
(1, '/africa/chad/embargoed', 1, 1, '3c058908831a2dfc3763c85506bbbebb2ac9858a6ecb6a06c2f045a789d72576', 'en', 'africa', 'chad', 'Not before the next century', 'This article is under embargo.', 4133977200000, NULL, NULL, 'open', 0, 'none', 'bcc072a74d58037256284c18d70b0d984669fc07c6cdfa8ebe28c623eae7936c', NULL, '{"topics":[],"authors":[],"image":null,"map":false,"words":3,"rights":null,"corrections":[],"media":{}}', '/africa/chad/embargoed', 1795917616123, 'admin'),
(2, '/africa/chad/expired', 1, 1, 'b3c92a9566dbfaa9b1f2b79ae59969d30ea854ba75df95652ebac8e28376fc39', 'en', 'africa', 'chad', 'Until last year', 'This article has expired.', 1577833200000, NULL, 1609455600000, 'open', 0, 'none', '5bcb7c97563e838ba134fda8116fc2161c87cf20489dcc17740e4f5ced7c7054', NULL, '{"topics":[],"authors":[],"image":null,"map":false,"words":5,"rights":null,"corrections":[],"media":{}}', '/africa/chad/expired', 1795917616123, 'admin'),
(3, '/africa/chad/moved-twice', 3, 1, 'f42d97a432a2cbb9493f06f833f30236196da40609ba7e88dc36aa5e34d349c5', 'en', 'africa', 'chad', 'It went from place to place', 'This article for members has moved twice.', 1688767200000, NULL, NULL, 'members', 1, 'line', 'e296172cdd2b04f7a476801f3c6b5a809ccb40cffbc5ce50d3295685d52f193a', '4dc936be3ef73b9d2019d9136adfedd7492e3aa5da5381b3e1f879e25ee2a045', '{"topics":[],"authors":[],"image":null,"map":false,"words":11,"rights":null,"corrections":[],"media":{}}', '/africa/chad/moved-twice', 1795917628048, 'admin'),
(4, '/africa/chad/undated', 1, 1, '6140c11e4de8bdd37ac014d3e31f5053fb97ac94cacd6d96a0aa8d40c5a2909b', 'en', 'africa', 'chad', 'Nobody knows when', 'The date of this article is unknown.', NULL, NULL, NULL, 'open', 0, 'none', '843731e7912cc5341d44b4688faaeb8f7dacfd6d3c129f69d5c91d581d8e35bb', NULL, '{"topics":[],"authors":[],"image":null,"map":false,"words":6,"rights":null,"corrections":[],"media":{}}', '/africa/chad/undated', 1795917616123, 'admin'),
(5, '/africa/chad/withdrawn', 2, 0, '733a4775db0d301c185223502caa3c7addfee654a36e3b4689b183877ad4a8e8', 'en', 'africa', 'chad', 'Published by mistake', 'This article was unpublished.', 1662760800000, NULL, NULL, 'open', 0, 'none', 'c22c4b34f96c4fa18bcef5993e7a37a5c1b3f4f6c25e1bcededad9a7f02779f3', NULL, '{"topics":[],"authors":[],"image":null,"map":false,"words":7,"rights":null,"corrections":[],"media":{}}', '/africa/chad/withdrawn', 1795917624841, 'admin'),
(6, '/ar/asia/nepal/nahr', 1, 1, '99cbcb91c46bf2a1e500ede7cbbba4adc869b3e69a32d96eec4309deab5993c3', 'ar', 'asia', 'nepal', 'نهر مفتوح للجميع', 'الترجمة العربية للمقال.', 1709610300000, NULL, NULL, 'open', 0, 'none', '1aa784b4a822cc6a23dd5a52ede82bb547830a06d66d5c18ac29637beb3ba8ad', NULL, '{"topics":[{"slug":"water","name":"water"}],"authors":[],"image":null,"map":false,"words":4,"rights":null,"corrections":[],"media":{}}', '/asia/nepal/open-river', 1795917616123, 'admin'),
(7, '/asia/nepal/members-line', 1, 1, '24efe79eef19e98f2d7f5ce45b9f26e7be95b290b8c847dfb56307cbc17b130a', 'en', 'asia', 'nepal', 'Half of it is for members', 'The line divides this article.', 1714946400000, NULL, NULL, 'open', 1, 'line', 'd25fe1f6d9c4f5b694dfa495e1785624880d3bcb003961b4cf5e053c398e8b37', '9777cbbdfcb12918bd817d661d0b78899054a5fd9be393c59681ed96bd186e49', '{"topics":[{"slug":"water","name":"water"}],"authors":[],"image":null,"map":false,"words":13,"rights":null,"corrections":[],"media":{}}', '/asia/nepal/members-line', 1795917616123, 'admin'),
(8, '/asia/nepal/open-river', 4, 1, '87d751c157a7a8ef125560edcb940b1fad1e9dae762b666e99505f6e42031ef9', 'en', 'asia', 'nepal', 'A river open to everyone', 'An open article with a picture, a correction and two translations.', 1709610300000, 1711922400000, NULL, 'open', 0, 'none', '1b6ee4ee1cd6b5e5003d6e6e5835f214f5b82979466177c09bb7d2032d3f0051', NULL, '{"topics":[{"slug":"water","name":"water"},{"slug":"climat","name":"Climat"}],"authors":[{"slug":"meridian-asia-desk","name":"Meridian Asia desk"},{"slug":"elodie-oeuvrard","name":"Élodie Œuvrard"}],"image":{"src":"/media/1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a.png","width":16,"height":9,"alt":"A river","caption":"The river in spring","credit":"Meridian"},"map":true,"words":16,"rights":"un-irin","corrections":[{"date":"2024-04-01","text":"The river was given a wrong length."}],"media":{"./river.png":{"src":"/media/1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a.png","width":16,"height":9}}}', '/asia/nepal/open-river', 1795917622470, 'admin'),
(9, '/asia/nepal/teaser', 1, 1, '4d75cbc6052b2e180ac860835f4dbc310fa813d96844e83042c01bf5d37f049a', 'en', 'asia', 'nepal', 'All of it is for members', 'Only the teaser of this article is open.', 1717711200000, NULL, NULL, 'members', 1, 'teaser', '9a96b8bf5a2c32a69e41f3543e3af7e7fb4aa687c6fce58db76b1772da0de996', '44f394eedbb2217bc658f5fe789cc573804053c2ea1f93c01faaedccf25eff28', '{"topics":[],"authors":[],"image":null,"map":false,"words":23,"rights":null,"corrections":[],"media":{}}', '/asia/nepal/teaser', 1795917616123, 'admin'),
(10, '/fr/asia/nepal/riviere', 1, 1, '95bc930f79a8d58bb0e92aa682550746019371ffd4271c4f53898f3c7ef55fdf', 'fr', 'asia', 'nepal', 'Une rivière ouverte à tous', 'La traduction française de l’article.', 1709610300000, NULL, NULL, 'open', 0, 'none', 'ed95e4cc20f935b1a76524f76014ce6f078258cd2ea59b811952c9647f90b462', NULL, '{"topics":[{"slug":"water","name":"water"}],"authors":[],"image":null,"map":false,"words":7,"rights":null,"corrections":[],"media":{}}', '/asia/nepal/open-river', 1795917616123, 'admin');

INSERT INTO listed (listing, at, article, expires_at) VALUES
('ar:/', 1709610300000, 6, NULL),
('ar:/asia', 1709610300000, 6, NULL),
('ar:/asia/nepal', 1709610300000, 6, NULL),
('ar:/topics/water', 1709610300000, 6, NULL),
('en:/', 4133977200000, 1, NULL),
('en:/', 1717711200000, 9, NULL),
('en:/', 1714946400000, 7, NULL),
('en:/', 1709610300000, 8, NULL),
('en:/', 1688767200000, 3, NULL),
('en:/', 1577833200000, 2, 1609455600000),
('en:/', -8640000000000000, 4, NULL),
('en:/africa', 4133977200000, 1, NULL),
('en:/africa', 1688767200000, 3, NULL),
('en:/africa', 1577833200000, 2, 1609455600000),
('en:/africa', -8640000000000000, 4, NULL),
('en:/africa/chad', 4133977200000, 1, NULL),
('en:/africa/chad', 1688767200000, 3, NULL),
('en:/africa/chad', 1577833200000, 2, 1609455600000),
('en:/africa/chad', -8640000000000000, 4, NULL),
('en:/asia', 1717711200000, 9, NULL),
('en:/asia', 1714946400000, 7, NULL),
('en:/asia', 1709610300000, 8, NULL),
('en:/asia/nepal', 1717711200000, 9, NULL),
('en:/asia/nepal', 1714946400000, 7, NULL),
('en:/asia/nepal', 1709610300000, 8, NULL),
('en:/authors/elodie-oeuvrard', 1709610300000, 8, NULL),
('en:/authors/meridian-asia-desk', 1709610300000, 8, NULL),
('en:/topics/climat', 1709610300000, 8, NULL),
('en:/topics/water', 1714946400000, 7, NULL),
('en:/topics/water', 1709610300000, 8, NULL),
('fr:/', 1709610300000, 10, NULL),
('fr:/asia', 1709610300000, 10, NULL),
('fr:/asia/nepal', 1709610300000, 10, NULL),
('fr:/topics/water', 1709610300000, 10, NULL);

INSERT INTO months (month, changed_at) VALUES
('2019-12', 1795917616123),
('2022-09', 1795917624841),
('2023-07', 1795917628048),
('2024-03', 1795917622470),
('2024-05', 1795917616123),
('2024-06', 1795917616123),
('2100-12', 1795917616123),
('undated', 1795917616123);

INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, members_hash, media, at, who, message) VALUES
('/africa/chad/embargoed', 1, 'publish', '3c058908831a2dfc3763c85506bbbebb2ac9858a6ecb6a06c2f045a789d72576', '---
title: Not before the next century
summary: This article is under embargo.
date: 2101-01-01
---
', 'none', 'bcc072a74d58037256284c18d70b0d984669fc07c6cdfa8ebe28c623eae7936c', NULL, '{}', 1795917616123, 'admin', 'The first edition'),
('/africa/chad/expired', 1, 'publish', 'b3c92a9566dbfaa9b1f2b79ae59969d30ea854ba75df95652ebac8e28376fc39', '---
title: Until last year
summary: This article has expired.
date: 2020-01-01
expires: 2021-01-01
---
', 'none', '5bcb7c97563e838ba134fda8116fc2161c87cf20489dcc17740e4f5ced7c7054', NULL, '{}', 1795917616123, 'admin', 'The first edition'),
('/africa/chad/moved-twice', 1, 'publish', 'f42d97a432a2cbb9493f06f833f30236196da40609ba7e88dc36aa5e34d349c5', '---
title: It went from place to place
summary: This article for members has moved twice.
date: 2023-07-08
access: members
aliases: [/africa/chad/written-elsewhere]
---
', 'line', 'e296172cdd2b04f7a476801f3c6b5a809ccb40cffbc5ce50d3295685d52f193a', '4dc936be3ef73b9d2019d9136adfedd7492e3aa5da5381b3e1f879e25ee2a045', '{}', 1795917616123, 'admin', 'The first edition'),
('/africa/chad/moved-twice', 2, 'move', 'f42d97a432a2cbb9493f06f833f30236196da40609ba7e88dc36aa5e34d349c5', '---
title: It went from place to place
summary: This article for members has moved twice.
date: 2023-07-08
access: members
aliases: [/africa/chad/written-elsewhere]
---
', 'line', 'e296172cdd2b04f7a476801f3c6b5a809ccb40cffbc5ce50d3295685d52f193a', '4dc936be3ef73b9d2019d9136adfedd7492e3aa5da5381b3e1f879e25ee2a045', '{}', 1795917625785, 'admin', '/africa/chad/first-place → /africa/chad/second-place'),
('/africa/chad/moved-twice', 3, 'move', 'f42d97a432a2cbb9493f06f833f30236196da40609ba7e88dc36aa5e34d349c5', '---
title: It went from place to place
summary: This article for members has moved twice.
date: 2023-07-08
access: members
aliases: [/africa/chad/written-elsewhere]
---
', 'line', 'e296172cdd2b04f7a476801f3c6b5a809ccb40cffbc5ce50d3295685d52f193a', '4dc936be3ef73b9d2019d9136adfedd7492e3aa5da5381b3e1f879e25ee2a045', '{}', 1795917628048, 'admin', '/africa/chad/second-place → /africa/chad/moved-twice'),
('/africa/chad/undated', 1, 'publish', '6140c11e4de8bdd37ac014d3e31f5053fb97ac94cacd6d96a0aa8d40c5a2909b', '---
title: Nobody knows when
summary: The date of this article is unknown.
date: unknown
---
', 'none', '843731e7912cc5341d44b4688faaeb8f7dacfd6d3c129f69d5c91d581d8e35bb', NULL, '{}', 1795917616123, 'admin', 'The first edition'),
('/africa/chad/withdrawn', 1, 'publish', '733a4775db0d301c185223502caa3c7addfee654a36e3b4689b183877ad4a8e8', '---
title: Published by mistake
summary: This article was unpublished.
date: 2022-09-10
---
', 'none', 'c22c4b34f96c4fa18bcef5993e7a37a5c1b3f4f6c25e1bcededad9a7f02779f3', NULL, '{}', 1795917616123, 'admin', 'The first edition'),
('/africa/chad/withdrawn', 2, 'unpublish', '733a4775db0d301c185223502caa3c7addfee654a36e3b4689b183877ad4a8e8', '---
title: Published by mistake
summary: This article was unpublished.
date: 2022-09-10
---
', 'none', 'c22c4b34f96c4fa18bcef5993e7a37a5c1b3f4f6c25e1bcededad9a7f02779f3', NULL, '{}', 1795917624841, 'admin', 'published by mistake'),
('/ar/asia/nepal/nahr', 1, 'publish', '99cbcb91c46bf2a1e500ede7cbbba4adc869b3e69a32d96eec4309deab5993c3', '---
title: نهر مفتوح للجميع
summary: الترجمة العربية للمقال.
date: 2024-03-05T09:30+05:45
topics: [water]
translationOf: /asia/nepal/open-river
---
', 'none', '1aa784b4a822cc6a23dd5a52ede82bb547830a06d66d5c18ac29637beb3ba8ad', NULL, '{}', 1795917616123, 'admin', 'The first edition'),
('/asia/nepal/members-line', 1, 'publish', '24efe79eef19e98f2d7f5ce45b9f26e7be95b290b8c847dfb56307cbc17b130a', '---
title: Half of it is for members
summary: The line divides this article.
date: 2024-05-06
topics: [water]
---
', 'line', 'd25fe1f6d9c4f5b694dfa495e1785624880d3bcb003961b4cf5e053c398e8b37', '9777cbbdfcb12918bd817d661d0b78899054a5fd9be393c59681ed96bd186e49', '{}', 1795917616123, 'admin', 'The first edition'),
('/asia/nepal/open-river', 1, 'publish', 'f7dffaa211e9f9b3f2aa789dbb92353d3d55e0da7df6520f64adb816373135d4', '---
title: A river open to everyone
summary: An open article with a picture, a correction and two translations.
date: 2024-03-05T09:30+05:45
authors: [Meridian Asia desk, Élodie Œuvrard]
topics: [water, Climat]
image: { src: ./river.png, alt: A river, caption: The river in spring, credit: Meridian }
map: true
rights: un-irin
aliases: [/asia/nepal/the-river]
---
', 'none', '1cdb9fecba89410edf71a877a16f6de59b0d55396f730e6dddb4b278add070ee', NULL, '{"./river.png":{"sha256":"1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a","extension":"png","width":16,"height":9}}', 1795917616123, 'admin', 'The first edition'),
('/asia/nepal/open-river', 2, 'publish', '33df600e34abd27a3f7bc566126329b7685c8dd90d42b04d338bb56a0e05f20f', '---
title: A river open to everyone
summary: An open article with a picture, a correction and two translations.
date: 2024-03-05T09:30+05:45
authors: [Meridian Asia desk, Élodie Œuvrard]
topics: [water, Climat]
image: { src: ./river.png, alt: A river, caption: The river in spring, credit: Meridian }
map: true
rights: un-irin
aliases: [/asia/nepal/the-river]
---
', 'none', '0ecd8ef88c9a9960290e5b1fcdeb84421a29f362acf96938be0b313da9c4184d', NULL, '{"./river.png":{"sha256":"1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a","extension":"png","width":16,"height":9}}', 1795917618830, 'admin', ''),
('/asia/nepal/open-river', 3, 'rollback', 'f7dffaa211e9f9b3f2aa789dbb92353d3d55e0da7df6520f64adb816373135d4', '---
title: A river open to everyone
summary: An open article with a picture, a correction and two translations.
date: 2024-03-05T09:30+05:45
authors: [Meridian Asia desk, Élodie Œuvrard]
topics: [water, Climat]
image: { src: ./river.png, alt: A river, caption: The river in spring, credit: Meridian }
map: true
rights: un-irin
aliases: [/asia/nepal/the-river]
---
', 'none', '1cdb9fecba89410edf71a877a16f6de59b0d55396f730e6dddb4b278add070ee', NULL, '{"./river.png":{"sha256":"1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a","extension":"png","width":16,"height":9}}', 1795917620536, 'admin', 'back to revision 1'),
('/asia/nepal/open-river', 4, 'publish', '87d751c157a7a8ef125560edcb940b1fad1e9dae762b666e99505f6e42031ef9', '---
title: A river open to everyone
summary: An open article with a picture, a correction and two translations.
date: 2024-03-05T09:30+05:45
updated: 2024-04-01
authors: [Meridian Asia desk, Élodie Œuvrard]
topics: [water, Climat]
image: { src: ./river.png, alt: A river, caption: The river in spring, credit: Meridian }
map: true
rights: un-irin
corrections: [{ date: 2024-04-01, text: The river was given a wrong length. }]
aliases: [/asia/nepal/the-river]
---
', 'none', '1b6ee4ee1cd6b5e5003d6e6e5835f214f5b82979466177c09bb7d2032d3f0051', NULL, '{"./river.png":{"sha256":"1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a","extension":"png","width":16,"height":9}}', 1795917622470, 'admin', ''),
('/asia/nepal/teaser', 1, 'publish', '4d75cbc6052b2e180ac860835f4dbc310fa813d96844e83042c01bf5d37f049a', '---
title: All of it is for members
summary: Only the teaser of this article is open.
date: 2024-06-07
access: members
---
', 'teaser', '9a96b8bf5a2c32a69e41f3543e3af7e7fb4aa687c6fce58db76b1772da0de996', '44f394eedbb2217bc658f5fe789cc573804053c2ea1f93c01faaedccf25eff28', '{}', 1795917616123, 'admin', 'The first edition'),
('/fr/asia/nepal/riviere', 1, 'publish', '95bc930f79a8d58bb0e92aa682550746019371ffd4271c4f53898f3c7ef55fdf', '---
title: Une rivière ouverte à tous
summary: La traduction française de l’article.
date: 2024-03-05T09:30+05:45
topics: [water]
translationOf: /asia/nepal/open-river
---
', 'none', 'ed95e4cc20f935b1a76524f76014ce6f078258cd2ea59b811952c9647f90b462', NULL, '{}', 1795917616123, 'admin', 'The first edition');

INSERT INTO redirects (path, target) VALUES
('/africa/chad/first-place', 3),
('/africa/chad/second-place', 3),
('/africa/chad/written-elsewhere', 3),
('/asia/nepal/the-river', 8);

INSERT INTO corrections (language, at, article, position, date, text) VALUES
('en', 1711929600000, 8, 0, '2024-04-01', 'The river was given a wrong length.');

INSERT INTO search_text (id, body) VALUES
(1, 'The embargoed words.'),
(2, 'Nobody reads this any more.'),
(3, 'Its teaser moved along.'),
(4, 'It comes out of an archive.'),
(6, 'يَرتفع النهر في الربيع.'),
(7, 'Everyone reads the open half.'),
(8, 'The river rises in spring. The third edition says so. The river from above'),
(9, 'The teaser stands before the wall, as long as a first paragraph is.'),
(10, '« L’œuvre de l’eau », dit-on au printemps.');

INSERT INTO media (sha256, extension, size, at) VALUES
('1fc050709157a6da24b29322da55f173e3ec19617c8e67efce8a34de35f0536a', 'png', 98, 1795917616098),
('44bebb2bf68671a839591d3f201f41dc7f39e960062bb8837da1e3301bb409f0', 'jpg', 2573, 1795917685951);

INSERT INTO purges (id, tag, due_at, again) VALUES
(192, 'a:/africa/chad/second-place', 1795917686705, 0),
(205, 'a:/africa/chad/second-place', 1795917688058, 0),
(206, 'a:/africa/chad/moved-twice', 1795917688058, 0),
(207, 'g:/africa/chad/second-place', 1795917688058, 0),
(208, 'g:/africa/chad/moved-twice', 1795917688058, 0),
(209, 'l:en:/', 1795917688058, 0),
(210, 'l:en:/africa', 1795917688058, 0),
(211, 'l:en:/africa/chad', 1795917688058, 0),
(212, 'm:', 1795917688058, 0),
(213, 'q:', 1795917688058, 0),
(214, 'a:/africa/chad/first-place', 1795917688058, 0),
(215, 'a:/africa/chad/written-elsewhere', 1795917688058, 0),
(217, 'a:/africa/chad/moved-twice', 1795917688785, 0),
(219, 'a:/asia/nepal/open-river', 1795917745970, 0);

INSERT INTO audit (id, at, who, action, subject, detail) VALUES
(1, 1795917616123, 'admin', 'publish', '/africa/chad/embargoed', 'The first edition'),
(2, 1795917616123, 'admin', 'publish', '/africa/chad/expired', 'The first edition'),
(3, 1795917616123, 'admin', 'publish', '/africa/chad/first-place', 'The first edition'),
(4, 1795917616123, 'admin', 'publish', '/africa/chad/undated', 'The first edition'),
(5, 1795917616123, 'admin', 'publish', '/africa/chad/withdrawn', 'The first edition'),
(6, 1795917616123, 'admin', 'publish', '/ar/asia/nepal/nahr', 'The first edition'),
(7, 1795917616123, 'admin', 'publish', '/asia/nepal/members-line', 'The first edition'),
(8, 1795917616123, 'admin', 'publish', '/asia/nepal/open-river', 'The first edition'),
(9, 1795917616123, 'admin', 'publish', '/asia/nepal/teaser', 'The first edition'),
(10, 1795917616123, 'admin', 'publish', '/fr/asia/nepal/riviere', 'The first edition'),
(11, 1795917618830, 'admin', 'publish', '/asia/nepal/open-river', ''),
(12, 1795917620536, 'admin', 'rollback', '/asia/nepal/open-river', 'back to revision 1'),
(13, 1795917622470, 'admin', 'publish', '/asia/nepal/open-river', ''),
(14, 1795917624841, 'admin', 'unpublish', '/africa/chad/withdrawn', 'published by mistake'),
(15, 1795917625785, 'admin', 'move', '/africa/chad/first-place /africa/chad/second-place', '/africa/chad/first-place → /africa/chad/second-place'),
(16, 1795917628048, 'admin', 'move', '/africa/chad/second-place /africa/chad/moved-twice', '/africa/chad/second-place → /africa/chad/moved-twice'),
(17, 1795917659351, 'admin', 'grant', '04187f00-a5ce-4f70-81ff-24694eb16286', 'without end'),
(18, 1795917660639, 'admin', 'grant', '64a37cb8-0f6e-4f9e-a6a2-1b85728415d6', 'without end'),
(19, 1795917661595, 'admin', 'revoke', '64a37cb8-0f6e-4f9e-a6a2-1b85728415d6', ''),
(20, 1795917662695, 'admin', 'grant', 'a1504050-dd9d-41f5-9c61-2a3381f1d7ae', '2101-01-01T22:59:59.999Z');

INSERT INTO cards (path, title, drawn, src) VALUES
('/asia/nepal/open-river', 'A river open to everyone', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', '/media/44bebb2bf68671a839591d3f201f41dc7f39e960062bb8837da1e3301bb409f0.jpg');

-- Folded for search, as store/fold.ts had it.
INSERT INTO search (rowid, title, summary, body) VALUES
(1, 'not before the next century', 'this article is under embargo.', 'the embargoed words.'),
(2, 'until last year', 'this article has expired.', 'nobody reads this any more.'),
(3, 'it went from place to place', 'this article for members has moved twice.', 'its teaser moved along.'),
(4, 'nobody knows when', 'the date of this article is unknown.', 'it comes out of an archive.'),
(6, 'نهر مفتوح للجميع جميع لجميع', 'الترجمه ترجمه العربيه عربيه للمقال مقال لمقال', 'يرتفع النهر نهر في الربيع ربيع'),
(7, 'half of it is for members', 'the line divides this article.', 'everyone reads the open half.'),
(8, 'a river open to everyone', 'an open article with a picture, a correction and two translations.', 'the river rises in spring. the third edition says so. the river from above'),
(9, 'all of it is for members', 'only the teaser of this article is open.', 'the teaser stands before the wall, as long as a first paragraph is.'),
(10, 'une riviere ouverte a tous', 'la traduction francaise de article.', '« oeuvre de eau », dit-on au printemps.');
