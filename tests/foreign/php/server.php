<?php
// PHP's SoapServer, WSDL first. `php -S 127.0.0.1:PORT server.php` runs it; WSDL is in the environment.
ini_set('soap.wsdl_cache_enabled', '0');
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    echo 'ready';
    exit;
}
if (str_contains($_SERVER['HTTP_ACCEPT_ENCODING'] ?? '', 'gzip')) {
    ini_set('zlib.output_compression', '1');
}

class Accounts
{
    public function GetAccount($asked)
    {
        switch ($asked->id) {
            case 'unknown':
                throw new SoapFault('Client', 'no such account', null, ['code' => 'A404', 'text' => 'unknown'], 'AccountFault');
            case 'ill-told':
                throw new SoapFault('Client', 'no such account', null, ['reason' => 'unknown'], 'AccountFault');
            case 'broken':
                throw new Exception('disk of customer 4917012345 full');
        }
        return [
            'id' => $asked->id,
            'balance' => '12.50',
            'opened' => '2026-03-02T09:00:00Z',
            'line' => [['name' => 'gebühr', 'amount' => '0.10'], ['name' => 'data', 'amount' => '12.40']],
        ];
    }
}

$server = new SoapServer(getenv('WSDL'));
$server->setClass('Accounts');
$server->handle();
