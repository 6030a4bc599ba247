DROP TABLE generation_work;
DROP TABLE decisions;
DROP TABLE comments;
DROP TABLE articles;
