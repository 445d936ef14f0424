-- A town library: who borrowed which book, and when it came back.
CREATE TABLE members (
    member_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    joined DATE NOT NULL
);

CREATE TABLE books (
    book_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    pages INTEGER NOT NULL
);

CREATE TABLE loans (
    loan_id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (book_id),
    member_id INTEGER NOT NULL REFERENCES members (member_id),
    lent DATE NOT NULL,
    returned DATE
);

INSERT INTO members VALUES
    (1, 'Ines Abreu', '2023-01-09'),
    (2, 'Jonas Falk', '2023-05-30'),
    (3, 'Kofi Mensah', '2024-02-17'),
    (4, 'Lena Ivanova', '2024-02-17'),
    (5, 'Mio Tanaka', '2025-03-02');

INSERT INTO books VALUES
    (1, 'The Salt Road', 'R. Okafor', 312),
    (2, 'Letters from the Weir', 'A. Lindqvist', 188),
    (3, 'A Field of Clocks', 'R. Okafor', 424),
    (4, 'Bread and Iron', 'P. Marchetti', 256),
    (5, 'Night Ferry', 'A. Lindqvist', 301),
    (6, 'The Quiet Index', 'T. Bauer', 540);

INSERT INTO loans VALUES
    (1, 1, 1, '2025-01-10', '2025-01-24'),
    (2, 3, 1, '2025-01-24', '2025-02-20'),
    (3, 2, 2, '2025-02-03', '2025-02-10'),
    (4, 1, 3, '2025-02-11', '2025-03-05'),
    (5, 5, 4, '2025-02-20', NULL),
    (6, 3, 2, '2025-03-01', '2025-03-30'),
    (7, 4, 1, '2025-03-12', NULL),
    (8, 1, 4, '2025-03-20', '2025-04-02'),
    (9, 2, 3, '2025-04-01', NULL);
