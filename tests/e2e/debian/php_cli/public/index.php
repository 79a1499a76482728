<?php
$db = new PDO('sqlite::memory:');
$db->exec('create table log (line text)');
$db->exec("insert into log values ('ærlig')");
$line = $db->query('select line from log')->fetchColumn();
printf(
    "%s %s %s %s ftp=%s",
    mb_strtoupper($line),
    ini_get('memory_limit'),
    date_default_timezone_get(),
    DIRECTORY_SEPARATOR,
    extension_loaded('ftp') ? 'on' : 'off'
);
