from django.shortcuts import render


def arrivals(request):
    return render(request, "arrivals.html", {"ships": ["Nerea", "Stella"]})
