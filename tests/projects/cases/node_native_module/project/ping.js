console.log('ping');
