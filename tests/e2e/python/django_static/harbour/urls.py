from django.urls import path

from arrivals.views import arrivals

urlpatterns = [path("", arrivals)]
